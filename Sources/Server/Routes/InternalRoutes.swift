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
        "type": "array", "maxItems": .integer(heartbeatsMax), "items": Schemas.heartbeat,
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
        var reader = ObjectReader(.emptyObject), beats: [Heartbeat] = []
        for (index, entry) in entries.enumerated() {
            reader.collect { () throws(ValidationFailed) in
                beats.append(try Heartbeat(entry, path: String(index)))
            }
        }
        try reader.finish()
        services.runtime.record(beats)
        return Answers.one("/v1/internal/heartbeats") { data in
            data.object { $0.member("recorded", beats.count) }
        }
    }
}
