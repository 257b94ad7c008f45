import Domain
import Hummingbird
import Runtime

/// What our own programs tell the control plane.
struct InternalRoutes {
    private static let heartbeatsMax = 2_000

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: "/v1/internal/heartbeats", id: "recordHeartbeats",
                summary: "Say when bots were last heard of. The latest of each bot is kept; it is no history.",
                access: .system, body: Self.schema, answer: .one("Heartbeats"), handler: heartbeats)
        ]
    }

    private static let schema: JSON = [
        "type": "array", "maxItems": .integer(heartbeatsMax),
        "items": [
            "type": "object", "required": ["account_id", "platform", "at"], "additionalProperties": false,
            "properties": [
                "account_id": ["type": "string", "pattern": .string(AccountID.pattern)],
                "platform": Schemas.choice(Platform.self), "at": Schemas.moment,
            ],
        ],
    ]

    @Sendable private func heartbeats(_ call: Call) async throws -> Response {
        guard let entries = try call.json().array else {
            throw ValidationFailed(path: "", code: "wrong_type", message: "must be an array of heartbeats")
        }
        guard entries.count <= Self.heartbeatsMax else {
            throw ValidationFailed(
                path: "", code: "too_many",
                message: "has \(entries.count) heartbeats; send at most \(Self.heartbeatsMax) at once")
        }
        var failures: [Failure] = []
        let beats = entries.enumerated().compactMap { index, entry in Self.beat(entry, at: index, &failures) }
        guard failures.isEmpty else { throw ValidationFailed(failures) }
        services.runtime.record(beats)
        return Answers.one("/v1/internal/heartbeats") { data in
            data.object { $0.member("recorded", beats.count) }
        }
    }

    private static func beat(
        _ json: JSON, at index: Int, _ failures: inout [Failure]
    ) -> (AccountID, Platform, Timestamp)? {
        var reader = ObjectReader(json, path: String(index))
        let id = reader.account("account_id")
        let account = reader.require("account_id", id)
        let choice = reader.choice("platform", of: Platform.self)
        let platform = reader.require("platform", choice)
        let moment = reader.moment("at")
        let at = reader.require("at", moment)
        reader.refuseUnknown()
        failures += reader.failures
        guard let account, let platform, let at else { return nil }
        return (account, platform, at)
    }
}
