import Domain
import Hummingbird
import Runtime

/// The security log: who was refused, and who has read or exported the history.
struct SecurityRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/audit/security", id: "listSecurity",
                summary: """
                    Read who was refused (401, 403) and who has read or exported the history, the newest first. What \
                    is the same within a minute is one line with a count.
                    """,
                access: .permission(.auditSecurity), parameters: Self.parameters,
                answer: .log("SecurityLine", others: []), refusals: [404: "The account is another's."], handler: list)
        ]
    }

    private static let parameters: [Operation.Parameter] = [
        .choice("kind", SecurityRecord.Kind.self, "Only lines of this kind."), .accountID,
        .init("actor", ["type": "string", "maxLength": 200], "Only what this actor was refused or has read, by id."),
        .init("address", ["type": "string", "maxLength": 64], "Only from this address, as lines have it."),
        .init("from", Schemas.moment, "Seen at this moment or later."),
        .init("to", Schemas.moment, "Seen first before this moment."),
        .init("cursor", ["type": "string", "pattern": "^[0-9]{1,18}$"], "Where to go on: the last page's meta.next."),
        .init("limit", ["type": "integer", "minimum": 1, "maximum": 500, "default": 50], "Lines a page."),
    ]

    @Sendable private func list(_ call: Call) async throws -> Response {
        var query = try call.query(), filter = SecurityFilter()
        filter.kind = query.choice("kind", of: SecurityRecord.Kind.self)
        filter.actor = query.string("actor", lengthMax: 200)
        filter.address = query.string("address", lengthMax: 64)
        filter.from = query.moment("from")
        filter.to = query.moment("to")
        let account = query.account("account_id")
        let cursor = query.number("cursor", in: 0...Int.max, default: .max)
        let limit = query.number("limit", in: 1...500, default: 50)
        try query.finish()
        filter.account = try Authoriser.scope(account, call.caller)
        let found = try await services.runtime.securityLines(filter, before: cursor, limit: limit)
        var writer = JSONWriter(capacityBytes: 16 * 1024)
        writer.object { body in
            body.name("data")
            body.array { array in for line in found.lines { line.encode(into: &array) } }
            Answers.links(["self": call.request.uri.string], into: &body)
            body.name("meta")
            body.object { $0.member("next", orNull: found.next.map(String.init)) }
        }
        return Answers.response(.ok, writer)
    }

    static let schema = Schemas.object([
        "id": ["type": "string", "pattern": "^[0-9]{1,18}$"],
        "kind": Schemas.choice(SecurityRecord.Kind.self),
        "actor_kind": ["type": ["string", "null"], "description": "user, key or system; null: nobody who is known."],
        "actor": Schemas.nullableString, "account_id": Schemas.nullableString,
        "address": ["type": ["string", "null"], "description": "Of IPv6 the network, which is one household's."],
        "operation": [
            "type": "string", "description": "The operation's id, or a page's path; others: too many to tell.",
        ],
        "target": ["type": "string", "description": "What was asked for, the first time."],
        "code": ["type": ["string", "null"], "description": "The error's code."],
        "detail": ["type": ["string", "null"], "description": "Why it was refused, the first time."],
        "first_at": Schemas.moment, "last_at": Schemas.moment,
        "count": ["type": "integer", "minimum": 1, "description": "How often within the minute."],
    ])
}

extension SecurityLine {
    fileprivate func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", String(id))
            object.member("kind", record.kind.rawValue)
            object.member("actor_kind", orNull: record.actorKind?.rawValue)
            object.member("actor", orNull: record.actor)
            object.member("account_id", orNull: record.account?.rawValue)
            object.member("address", orNull: record.address)
            object.member("operation", record.operation)
            object.member("target", target)
            object.member("code", orNull: record.code)
            object.member("detail", orNull: detail)
            object.member("first_at", firstAt.description)
            object.member("last_at", lastAt.description)
            object.member("count", count)
        }
    }
}
