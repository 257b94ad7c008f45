import Commands
import Domain
import EventStore
import HTTPTypes
import Hummingbird
import Transparency

/// What auditors ask of the log: how it stands, proofs of single events, and proofs that it has only grown.
struct AuditLogRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/audit/log", id: "getAuditLog",
                summary: "Read how the log of all events stands: its key, its last checkpoint, its witnesses.",
                access: .permission(.auditRead), answer: .one("AuditLog"), handler: status),
            Operation(
                method: .post, path: "/v1/audit/log/rotations", id: "rotateLogKey",
                summary: "Sign with a new key from here on; the old one vouches for it, unless it is lost.",
                access: .systemAdmin, body: RotationBody.schema, answer: .one("AuditLog"),
                refusals: [409: "The key cannot be changed as things are."], handler: rotate),
            Operation(
                method: .get, path: "/v1/audit/events/{position}/proof", id: "getEventProof",
                summary: "Read everything that proves one event to somebody who has nothing but the log's key.",
                access: .permission(.auditRead), answer: .one("EventProof"), refusals: [404: "There is no such event."],
                handler: proof),
            Operation(
                method: .get, path: "/v1/audit/consistency", id: "getConsistency",
                summary: "Read the proof that the log of one size is the beginning of the log of another.",
                access: .permission(.auditRead), parameters: Self.sizes, answer: .one("ConsistencyProof"),
                handler: consistency),
        ]
    }

    private static let sizes: [Operation.Parameter] = [
        .init("from", ["type": "integer", "minimum": 0, "default": 0], "The older size."),
        .init("to", ["type": "integer", "minimum": 0], "The newer size; that of the last checkpoint when absent."),
    ]

    @Sendable private func status(_ call: Call) async throws -> Response {
        let history = try LogKeyHistory(services.journal)
        let log = try? services.log.open()
        let checkpoint = (try? log?.publishIfNear()) ?? log?.published
        return Answers.one("/v1/audit/log") { writer in
            writer.object { object in
                object.member("origin", orNull: log?.key.name ?? history.keys.last?.name)
                object.member("key", orNull: (log?.key ?? history.keys.last)?.description)
                object.member("size", checkpoint?.checkpoint.size ?? 0)
                object.member("root", orNull: checkpoint?.checkpoint.root.base64)
                object.member("checkpoint", orNull: checkpoint?.note.description)
                object.member("cosigned_checkpoint", orNull: log?.cosigned?.note.description)
                object.member("problem", orNull: services.log.problem)
                object.name("rotations")
                object.array { array in for rotation in history.rotations { rotation.encode(into: &array) } }
                object.name("witnesses")
                object.array { array in for witness in services.log.witnesses.all { witness.encode(into: &array) } }
            }
        }
    }

    @Sendable private func rotate(_ call: Call) async throws -> Response {
        let body = try RotationBody(call.json())
        let request = try call.commandRequest(now: services.clock.now, matches: false)
        try await services.log.rotate(reason: body.reason, isLost: body.isLost, request.metadata)
        return try await status(call)
    }

    @Sendable private func proof(_ call: Call) async throws -> Response {
        let event = try services.event(for: call)
        let proof = try services.log.open().proof(of: event)
        return Answers.one("/v1/audit/events/\(event.position)/proof") { proof.encode(into: &$0) }
    }

    @Sendable private func consistency(_ call: Call) async throws -> Response {
        let log = try services.log.open()
        let newest = try log.publishIfNear().checkpoint
        var query = try call.query()
        let from = query.number("from", in: 0...Int.max, default: 0)
        let to = query.number("to", in: 0...Int.max, default: newest.size)
        if to > newest.size { query.fail("to", "out_of_range", "must be at most \(newest.size), the log's size") }
        if from > to { query.fail("from", "out_of_range", "must be at most \(to), the newer size") }
        try query.finish()
        let path = try log.consistencyPath(from: from, to: to)
        let roots = (try log.root(size: from), try log.root(size: to))
        return Answers.one("/v1/audit/consistency?from=\(from)&to=\(to)") { writer in
            writer.object { object in
                object.member("from", from)
                object.member("from_root", roots.0.base64)
                object.member("to", to)
                object.member("to_root", roots.1.base64)
                object.name("path")
                object.array { array in for hash in path { array.string(hash.base64) } }
            }
        }
    }
}

/// `{"reason"?, "lost"?}`
private struct RotationBody {
    static let reasonLengthMax = 500
    let reason: String?, isLost: Bool

    static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "reason": Schemas.nullableText(reasonLengthMax, "Why."),
            "lost": [
                "type": ["boolean", "null"], "default": false,
                "description": "The old key is gone, so that nothing vouches for the new one.",
            ],
        ],
    ]

    init(_ json: JSON) throws {
        var reader = ObjectReader(json)
        reason = reader.label("reason", lengthMax: Self.reasonLengthMax)
        isLost = reader.bool("lost") ?? false
        try reader.finish()
    }
}

extension LogKeyHistory.Rotation {
    fileprivate func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", position)
            object.member("previous_key", previous.description)
            object.member("key", key.description)
            object.member("handover", orNull: handover)
        }
    }
}

extension WitnessBoard.Entry {
    fileprivate func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("url", url)
            object.member("name", orNull: name)
            object.member("size", size.map { .integer($0) } ?? .null)
            object.member("signed_at", orNull: signedAt?.description)
            object.member("problem", orNull: problem)
        }
    }
}
