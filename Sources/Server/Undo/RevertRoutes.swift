import Commands
import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore

/// Undo: the command that brings back what an event has changed, first to look at, then to carry out.
///
/// The command goes through the operation that everybody uses for it, so that its permission, its rules and its answer
/// are the same; its events name the reverted one as their cause.
struct RevertRoutes {
    private static let path = "/v1/audit/events/{position}/revert"
    private static let missing = "There is no such event, or what it was about is gone."
    private static let conflict = "It has no inverse, others have changed it since, or the command is refused."

    let services: Services
    private let pipelines: [String: Pipeline]

    /// - Parameter operations: those that compensations are among.
    init(services: Services, operations: [Operation]) {
        self.services = services
        pipelines = Dictionary(
            uniqueKeysWithValues: operations.map { ($0.id, Pipeline(operation: $0, services: services)) })
    }

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: Self.path, id: "previewReversal",
                summary: """
                    See what reverting an event would do: the command, and what it would change. The ETag is for \
                    If-Match.
                    """,
                access: .permission(.auditRead), answer: .one("Reversal"),
                refusals: [404: Self.missing, 409: "It has no inverse."], handler: preview),
            Operation(
                method: .post, path: Self.path, id: "revertEvent",
                summary: """
                    Bring back what an event has changed. Needs the command's permission, too; what others have \
                    changed since needs If-Match.
                    """,
                access: .permission(.auditRead), body: RevertBody.schema,
                answer: .write("Reversal", creates: true), refusals: [404: Self.missing, 409: Self.conflict],
                handler: revert),
        ]
    }

    @Sendable private func preview(_ call: Call) async throws -> Response {
        let plan = try plan(call, RevertBody())
        return Answers.unlessKnown(call, revision: plan.reversal.revision) {
            Answers.one(plan.href, etag: plan.reversal.revision) { plan.encode(into: &$0) }
        }
    }

    @Sendable private func revert(_ call: Call) async throws -> Response {
        let body = try RevertBody(call.json())
        let plan = try plan(call, body), reversal = plan.reversal, seen = try call.seenRevision()
        try plan.pipeline.authorise(call.caller)
        if try !isRepeated(plan.command) {
            if let seen, seen != reversal.revision { throw PreconditionFailed(seen: seen, actual: reversal.revision) }
            switch reversal.standing {
            case .reverted: return plan.answer(meta: Self.unchanged(reversal, services), result: .null)
            case .changedSince where seen == nil: throw reversal.changedSince
            case .changedSince, .revertible: break
            }
        }
        let answer = await plan.pipeline.respond(to: plan.command)
        guard answer.status.kind == .successful else { return answer }
        let json = try JSONParser.parse(Array(try await answer.body.collect().readableBytesView))
        // What cannot be told again, since time has gone on, is told as it was.
        let now = (try? self.plan(call, body)) ?? plan
        return now.answer(
            meta: json["meta"] ?? .emptyObject, result: json["data"] ?? .null, status: answer.status,
            isReplayed: answer.headers[.idempotencyReplayed] != nil)
    }

    private static func unchanged(_ reversal: Reversal, _ services: Services) -> JSON {
        ["changed": false, "position": .integer(reversal.changes.last ?? reversal.event.position)]
    }

    /// Whether the command was carried out before, under the same key.
    private func isRepeated(_ command: Call) throws -> Bool {
        let request = try command.commandRequest(now: services.clock.now)
        guard let key = request.idempotency?.key else { return false }
        return try services.journal.answer(for: key) != nil
    }

    private func plan(_ call: Call, _ body: RevertBody) throws -> ReversalPlan {
        let event = try services.event(for: call)
        let wish = ReversalWish(
            position: event.position, key: event.stream.key, account: event.stream.account, reason: body.reason,
            confirm: body.confirm, now: services.clock.now)
        do {
            let reversal = try Reversal(of: event, wish, services.commands)
            guard let pipeline = pipelines[reversal.compensation.operation] else { throw APIError.noSuchPath }
            return ReversalPlan(
                reversal: reversal, pipeline: pipeline, command: try command(reversal, pipeline.operation, call))
        } catch let error as NoInverse {
            throw APIError(
                .conflict, "no_inverse", "\(event.type) at position \(event.position) is not reverted: \(error)")
        }
    }

    private func command(_ reversal: Reversal, _ operation: Operation, _ call: Call) throws -> Call {
        let compensation = reversal.compensation
        var asked = InsideRequest(path: compensation.path)
        asked.query = compensation.query.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + call.waitingItems
        for name in [HTTPField.Name.ifMatch, .idempotencyKey, .userAgent] {
            asked.headers[name] = call.request.headers[name]
        }
        if let body = compensation.body { asked.body = ByteBuffer(bytes: body.bytes) }
        var command = try Call(operation, asked, by: call.caller, within: call, from: call.source)
        command.cause = Call.Cause(event: reversal.event.id.description, revision: reversal.revision)
        return command
    }
}

/// A reversal with the operation that carries it out.
private struct ReversalPlan {
    let reversal: Reversal
    let pipeline: Pipeline
    let command: Call

    var href: String { "/v1/audit/events/\(reversal.event.position)/revert" }

    func encode(result: JSON = .null, into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", reversal.event.position)
            object.member("type", reversal.event.type)
            object.member("stream", reversal.event.stream.description)
            object.member("revision", reversal.revision)
            object.member("standing", reversal.standing.rawValue)
            object.member("before", reversal.before)
            object.member("after", reversal.after)
            object.member("now", reversal.now)
            object.name("changed_at")
            object.array { array in for position in reversal.changes { array.integer(position) } }
            object.member("permitted", (try? pipeline.authorise(command.caller)) != nil)
            object.name("command")
            object.object {
                $0.member("operation", reversal.compensation.operation)
                $0.member("method", command.request.method.rawValue)
                $0.member("path", command.request.uri.string)
                $0.member("body", reversal.compensation.body ?? .null)
            }
            object.member("result", result)
        }
    }

    /// - Parameter meta: the command's.
    func answer(
        meta: JSON, result: JSON, status: HTTPResponse.Status = .ok, isReplayed: Bool = false
    ) -> Response {
        var writer = JSONWriter(capacityBytes: 1024)
        writer.object { body in
            body.name("data")
            encode(result: result, into: &body)
            Answers.links(["self": href], into: &body)
            body.member("meta", meta)
        }
        var response = Answers.response(status, writer, etag: reversal.revision)
        if isReplayed { response.headers[.idempotencyReplayed] = "true" }
        return response
    }
}

extension Reversal {
    fileprivate var changedSince: APIError {
        let places = changes.map(String.init).joined(separator: ", ")
        return APIError(
            .conflict, "changed_since",
            """
            others have changed it since, at position \(places): look at \
            GET /v1/audit/events/\(event.position)/revert, and send its ETag as If-Match to undo that, too
            """)
    }
}

/// `{"reason"?, "confirm"?}`
private struct RevertBody {
    var reason: String?, confirm: String?

    static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "reason": Schemas.nullableText(Bot.reasonLengthMax, "Why; for commands that say why."),
            "confirm": Schemas.nullableText(
                20, "The platform's name, when reverting stops every bot on a platform."),
        ],
    ]

    init() {}

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        reason = body.label("reason", lengthMax: Bot.reasonLengthMax)
        confirm = body.label("confirm", lengthMax: 20)
        try body.finish()
    }
}
