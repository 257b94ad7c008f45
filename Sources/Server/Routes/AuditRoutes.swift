import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore
import Runtime

/// The journal as auditors read it: events with filters, a cursor, and the whole of a filter as NDJSON or CSV.
struct AuditRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/audit/events", id: "listEvents",
                summary: """
                    Read events, the newest first. With Accept: application/x-ndjson or text/csv the whole filter is \
                    sent; with order=asc, after and the last line's position it goes on after an interruption. A page \
                    can be short, or empty, and still have a next one: rare words are searched in steps.
                    """,
                access: .permission(.auditRead), parameters: Self.parameters,
                answer: .log("Event", others: ExportFormat.allCases.map(\.mediaType)),
                refusals: [404: "The account is another's."], handler: list),
            Operation(
                method: .get, path: "/v1/audit/events/{position}", id: "getEvent", summary: "Read one event.",
                access: .permission(.auditRead), answer: .one("EventWithReceipts"),
                refusals: [404: "There is no such event."],
                handler: get),
        ]
    }

    private static let parameters: [Operation.Parameter] = [
        .init(
            "stream", ["type": "string", "maxLength": 200, "pattern": "^[a-z_]+-"],
            "Only this stream, for example bot-acct_1:twitch."),
        .choice("category", Category.self, "Only streams of this kind."), .accountID,
        .init("actor", ["type": "string", "maxLength": 200], "Only what this actor did, by id."),
        .init("type", ["type": "string", "maxLength": 100], "Only events of this type, for example bot.paused."),
        .init("from", Schemas.moment, "Recorded at this moment or later."),
        .init("to", Schemas.moment, "Recorded before this moment."),
        .init("text", ["type": "string", "maxLength": 200], "Anywhere in the event; letters of either case."),
        .init("after", ["type": "integer", "minimum": 0, "default": 0], "Only after this position."),
        .init("order", ["type": "string", "enum": ["desc", "asc"], "default": "desc"], "By position."),
        .init("cursor", ["type": "string", "pattern": "^[0-9]{1,18}$"], "Where to go on: the last page's meta.next."),
        .init("limit", ["type": "integer", "minimum": 1, "maximum": 500, "default": 50], "Events a page."), .asOf,
    ]

    @Sendable private func list(_ call: Call) async throws -> Response {
        var request = try EventListRequest(call, services.journal)
        if let moment = call.asOf {
            let position = try AsOf.position(moment, services.past.history, now: services.clock.now)
            request.filter.last = min(request.filter.last, position)
        }
        switch ExportFormat(accept: call.request.headers[.accept]) {
        case let format?:
            return EventExport(
                journal: services.journal, request: request, format: format, counts: services.exports
            ).response(watching: call.isInside ? nil : call.request.body)
        case nil: break
        }
        let page = try services.journal.readAll(request.filter, direction: request.direction, limit: request.limit)
        var writer = JSONWriter(capacityBytes: 32 * 1024)
        writer.object { body in
            body.name("data")
            body.array { array in
                for event in page.events { event.encode(into: &array) }
            }
            Answers.links(["self": call.request.uri.string], into: &body)
            body.name("meta")
            body.object { $0.member("next", orNull: page.next.map(String.init)) }
        }
        return Answers.response(.ok, writer)
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let event = try services.event(for: call)
        let receipts = try services.runtime.receipts(of: event.position, journalEpoch: services.journal.epoch)
        return Answers.one("/v1/audit/events/\(event.position)") { event.encode(receipts, into: &$0) }
    }
}

extension Services {
    /// The event that a path names by its position. Another account's looks the same as none.
    func event(for call: Call) throws -> RecordedEvent {
        guard let position = Int(call.path("position")), position > 0 else {
            throw ValidationFailed(path: "position", code: "wrong_type", message: "must be a whole number from 1")
        }
        guard let event = try journal.event(at: position),
            call.caller.ownAccount == nil || event.stream.account == call.caller.ownAccount?.rawValue
        else { throw APIError.notFound("there is no event at position \(position)") }
        return event
    }
}

/// Which events are wanted, from the query.
struct EventListRequest: Sendable {
    var filter: EventFilter
    let direction: ReadDirection
    let limit: Int

    init(_ call: Call, _ journal: Journal) throws {
        var query = try call.query()
        var filter = EventFilter()
        filter.stream = query.stream("stream")
        filter.category = query.choice("category", of: Category.self)?.rawValue
        filter.types = query.string("type", lengthMax: 100).map { [$0] }
        filter.actor = query.string("actor", lengthMax: 200)
        filter.text = query.string("text", lengthMax: 200).flatMap { $0.isEmpty ? nil : $0 }
        let account = query.account("account_id")
        let from = query.moment("from"), to = query.moment("to")
        let order = query.choice("order", of: Order.self) ?? .desc
        let cursor = query.number("cursor", in: 0...Int.max, default: -1)
        let after = query.number("after", in: 0...(Int.max - 1), default: 0)
        limit = query.number("limit", in: 1...500, default: 50)
        try query.finish()
        direction = order == .desc ? .backwards : .forwards
        filter.account = try Authoriser.scope(account, call.caller)?.rawValue
        if let from { filter.first = try journal.firstPosition(recordedAtOrAfter: from.microseconds) }
        if let to { filter.last = try journal.firstPosition(recordedAtOrAfter: to.microseconds) - 1 }
        filter.first = max(filter.first, after + 1)
        if cursor >= 0 {
            if direction == .forwards { filter.first = max(filter.first, cursor) }
            if direction == .backwards { filter.last = min(filter.last, cursor) }
        }
        self.filter = filter
    }

    private enum Order: String, CaseIterable { case desc, asc }
}

extension RecordedEvent {
    /// `{position, id, stream, revision, type, schema_version, data, metadata, recorded_at}`
    package func encode(into writer: inout JSONWriter) { encode(nil, into: &writer) }

    /// - Parameter receipts: which workers have applied it; nil leaves the member out.
    func encode(_ receipts: [Receipt]?, into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", position)
            object.member("id", id.description)
            object.member("stream", stream.description)
            object.member("revision", revision)
            object.member("type", type)
            object.member("schema_version", schemaVersion)
            object.name("data")
            object.raw(data)
            object.name("metadata")
            object.raw(metadata)
            object.member("recorded_at", Timestamp(microseconds: recordedAt).description)
            guard let receipts else { return }
            object.name("receipts")
            object.array { array in
                for receipt in receipts {
                    array.object {
                        $0.member("worker", receipt.worker)
                        $0.member("at", receipt.at.description)
                    }
                }
            }
        }
    }
}
