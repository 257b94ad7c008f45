import Commands
import Domain
import HTTPTypes
import Hummingbird

/// The right to be forgotten.
struct PrivacyRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: "/v1/admin/privacy/erasures", id: "eraseSubject",
                summary:
                    "Make the personal text about a subject unreadable for ever; what was switched stays provable.",
                access: .systemAdmin, body: ErasureBody.schema, answer: .one("Erasure"), handler: erase)
        ]
    }

    @Sendable private func erase(_ call: Call) async throws -> Response {
        let body = try ErasureBody(call.json())
        let request = try call.commandRequest(now: services.clock.now, matches: false)
        let position = try await services.erasures.erase(body.subject, ticket: body.ticket, request.metadata)
        return Answers.one("/v1/admin/privacy/erasures") { writer in
            writer.object { object in
                object.member("subject", body.subject.description)
                object.member("changed", position != nil)
                object.member("position", position.map { .integer($0) } ?? .null)
            }
        }
    }
}

/// `{"subject", "ticket"?}`
private struct ErasureBody {
    static let ticketLengthMax = 200
    let subject: Subject, ticket: String?

    static let schema: JSON = [
        "type": "object", "additionalProperties": false, "required": ["subject"],
        "properties": [
            "subject": [
                "type": "string", "pattern": "^(account|user|key|system):[!-~]{1,256}$",
                "description": "An account, or whoever acted, as in account:acct_1 or user:42.",
            ],
            "ticket": Schemas.nullableText(ticketLengthMax, "The case that asked for it; never a name."),
        ],
    ]

    init(_ json: JSON) throws {
        var reader = ObjectReader(json)
        ticket = reader.label("ticket", lengthMax: Self.ticketLengthMax)
        let subject = reader.require("subject", reader.subject("subject"))
        try reader.finish()
        guard let subject else { throw ValidationFailed(reader.failures) }
        self.subject = subject
    }
}
