import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Runtime

/// What bots did in chat: workers report it, operators read it and look on.
struct ModerationRoutes {
    /// Lines that are sent together to somebody who was away.
    private static let batch = 500

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/admin/moderation-log", id: "listModeration",
                summary: """
                    Read what bots did in chat, the newest first. With Accept: text/event-stream what comes from now \
                    on follows as server-sent events; the header Last-Event-ID, a line's id, asks for what was missed.
                    """,
                access: .permission(.botControlRead), parameters: Self.parameters,
                answer: .log("ModerationLine", others: [EventStreamAnswer.contentType]),
                refusals: [404: "The account is another's."], handler: read),
            Operation(
                method: .post, path: "/v1/internal/reports", id: "report",
                summary: "Say which bots live, what was done in chat, and which extensions had to be stopped.",
                access: .system, body: Schemas.report,
                answer: .one("Reported"), handler: report),
        ]
    }

    private static let name: JSON = ["type": "string", "minLength": 1, "maxLength": 256]
    private static let parameters: [Operation.Parameter] = [
        .choice("platform", Platform.self, "Only on this platform."), .accountID,
        .init("channel_id", name, "Only in this channel, by the platform's own id."),
        .init("user", name, "Only what this user wrote: an id, or a login in letters of either case."),
        .init("module", name, "Only hits of this module, for example link_protection."),
        .choice("action", ChatAction.Name.self, "Only actions of this kind."),
        .choice("outcome", ModerationRecord.Outcome.self, "Only actions that ended so."),
        .init("from", Schemas.moment, "Decided at this moment or later."),
        .init("to", Schemas.moment, "Decided before this moment."),
        .init("cursor", ["type": "string", "pattern": "^[0-9]{1,18}$"], "Where to go on: the last page's meta.next."),
        .init("limit", ["type": "integer", "minimum": 1, "maximum": 500, "default": 50], "Lines a page."),
    ]

    @Sendable private func report(_ call: Call) async throws -> Response {
        let report = try Report(call.json())
        services.take(report)
        return Answers.one("/v1/internal/reports") { data in
            data.object {
                $0.member("heartbeats", report.heartbeats.count)
                $0.member("moderation", report.moderation.count)
                $0.member("breakers", report.breakers.count)
            }
        }
    }

    @Sendable private func read(_ call: Call) async throws -> Response {
        let request = try ModerationListRequest(call)
        return EventStreamAnswer.isWanted(by: call) ? try follow(call, request) : try await list(call, request)
    }

    private func list(_ call: Call, _ request: ModerationListRequest) async throws -> Response {
        let page = try await services.runtime.moderation(request.filter, before: request.cursor, limit: request.limit)
        var writer = JSONWriter(capacityBytes: 32 * 1024)
        writer.object { body in
            body.name("data")
            body.array { array in
                for line in page.lines { array.raw(line.bytes) }
            }
            Answers.links(["self": call.request.uri.string], into: &body)
            body.name("meta")
            body.object { $0.member("next", orNull: page.next.map(String.init)) }
        }
        return Answers.response(.ok, writer)
    }

    private func follow(_ call: Call, _ request: ModerationListRequest) throws -> Response {
        let authorization = call.request.headers[.authorization] ?? ""
        let last = try lastEventID(call)
        return EventStreamAnswer.response(
            open: { services.moderation.subscribe(authorization, request.filter, cut: call.closeConnection) },
            close: { services.moderation.remove($0) },
            begin: { start, writer in
                try await writer.write(ModerationEvents.greeting)
                if let last { try await catchUp(request.filter, after: last, through: start, &writer) }
                return true
            })
    }

    /// Sends what was missed, as far as the log reaches.
    private func catchUp(
        _ filter: ModerationFilter, after id: Int, through last: Int, _ writer: inout any ResponseBodyWriter
    ) async throws {
        var id = id
        while id < last {
            let lines = try await services.runtime.moderation(filter, after: id, through: last, limit: Self.batch)
            guard let newest = lines.last else { return }
            try await writer.write(ModerationEvents.lines(lines))
            id = newest.id
        }
    }

    private func lastEventID(_ call: Call) throws -> Int? {
        guard let header = call.request.headers[.lastEventID] else { return nil }
        guard let id = Int(header), id >= 0 else {
            throw ValidationFailed(
                path: "Last-Event-ID", code: "not_allowed", message: "must be the id of a line, a whole number")
        }
        return id
    }
}

/// Which lines of the log are wanted, from the query.
private struct ModerationListRequest: Sendable {
    var filter = ModerationFilter()
    let cursor: Int?, limit: Int

    init(_ call: Call) throws {
        var query = try call.query()
        filter.platform = query.choice("platform", of: Platform.self)
        let account = query.account("account_id")
        filter.channelID = query.string("channel_id", lengthMin: 1, lengthMax: 256)
        filter.user = query.string("user", lengthMin: 1, lengthMax: 256)
        filter.module = query.string("module", lengthMin: 1, lengthMax: 256)
        filter.action = query.choice("action", of: ChatAction.Name.self)
        filter.outcome = query.choice("outcome", of: ModerationRecord.Outcome.self)
        filter.from = query.moment("from")
        filter.to = query.moment("to")
        let before = query.number("cursor", in: 0...Int.max, default: -1)
        cursor = before < 0 ? nil : before
        limit = query.number("limit", in: 1...500, default: 50)
        try query.finish()
        filter.accountID = try Authoriser.scope(account, call.caller)
    }
}
