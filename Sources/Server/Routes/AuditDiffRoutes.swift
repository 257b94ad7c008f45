import Domain
import EventStore
import Hummingbird
import Projections

/// What two moments of the read models do not share, and what caused it.
package struct AuditDiffRoutes {
    let services: Services

    /// What became of a document.
    package enum Change: String, CaseIterable {
        case added, removed, changed, same
    }

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/audit/diff", id: "getDiff",
                summary: "Compare the read models of two moments, field by field, with the events in between.",
                access: .permission(.auditRead), parameters: Self.parameters,
                answer: .collection("DocumentChange", meta: Self.meta),
                refusals: [404: "The account is another's."], handler: diff)
        ]
    }

    private static let parameters: [Operation.Parameter] = [
        .init("from", ["type": "string", "maxLength": 64], "The older moment: a position, or RFC 3339."),
        .init("to", ["type": "string", "maxLength": 64], "The newer one; now when absent."), .accountID,
        .init(
            "stream", ["type": "string", "maxLength": 200, "pattern": "^[a-z_]+-"],
            "Only this stream, for example bot-acct_1:twitch."),
        .page, .perPage,
    ]

    private static let meta = Schemas.object([
        "from": ["type": "integer", "minimum": 0, "description": "The older moment's position."],
        "to": ["type": "integer", "minimum": 0], "events": ["type": "integer", "minimum": 0],
        "page": ["type": "integer", "minimum": 1], "per_page": ["type": "integer", "minimum": 1],
        "total": ["type": "integer", "minimum": 0, "description": "Documents that events have touched."],
    ])

    @Sendable private func diff(_ call: Call) async throws -> Response {
        var query = try call.query()
        let given = query.auditedMoment("from"), to = query.auditedMoment("to"), page = PageRequest(&query)
        let from = query.require("from", given)
        let stream = query.stream("stream"), account = query.account("account_id")
        try query.finish()
        let scope = try Authoriser.scope(account, call.caller)
        let filter = EventFilter(stream: stream, account: scope?.rawValue)
        let now = services.clock.now
        return try await services.past.run(for: call.caller) { history in
            let first = try AsOf.position(from ?? .position(0), history, now: now, name: "from")
            let last = try to.map { try AsOf.position($0, history, now: now, name: "to") } ?? history.journal.head
            guard first <= last else {
                throw ValidationFailed(path: "from", code: "out_of_range", message: "must not come after to")
            }
            return try answer(call, page, history, from: first, to: last, filter)
        }
    }

    private func answer(
        _ call: Call, _ page: PageRequest, _ history: History, from: Int, to: Int, _ filter: EventFilter
    ) throws -> Response {
        let found: DocumentHistories
        do {
            found = try history.differences(
                from: from, to: to, filter, documents: page.offset..<page.offset + page.perPage)
        } catch let error as TooManyEvents {
            throw ValidationFailed(path: "from", code: "too_many", message: "\(error)")
        }
        var writer = JSONWriter(capacityBytes: 16 * 1024)
        writer.object { body in
            body.name("data")
            body.array { array in for document in found.documents { document.encode(into: &array) } }
            Answers.links(["self": call.request.uri.string], into: &body)
            body.name("meta")
            body.object { meta in
                meta.member("from", from)
                meta.member("to", to)
                meta.member("events", found.events)
                meta.member("page", page.page)
                meta.member("per_page", page.perPage)
                meta.member("total", found.total)
            }
        }
        return Answers.response(.ok, writer)
    }
}

extension DocumentHistory {
    package var change: AuditDiffRoutes.Change {
        if before == nil, after == nil { return .same }
        if before == nil { return .added }
        if after == nil { return .removed }
        return changes.allSatisfy(\.isBookkeeping) ? .same : .changed
    }

    /// `{kind, key, stream, change, fields, events}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("kind", category.rawValue)
            object.member("key", stream.key)
            object.member("stream", stream.description)
            object.member("change", change.rawValue)
            object.name("fields")
            object.array { array in
                for field in changes {
                    array.object {
                        $0.member("path", field.path)
                        $0.name("before")
                        $0.raw((field.before ?? .null).bytes)
                        $0.name("after")
                        $0.raw((field.after ?? .null).bytes)
                    }
                }
            }
            object.name("events")
            object.array { array in for event in events { event.encodeCause(into: &array) } }
        }
    }
}

extension RecordedEvent {
    /// The event in words.
    package var story: EventStory {
        EventStory(
            type: type, stream: stream.description, data: (try? JSONParser.parse(data)) ?? .null,
            metadata: (try? JSONParser.parse(metadata)) ?? .null)
    }

    fileprivate func encodeCause(into writer: inout JSONWriter) {
        let story = story
        writer.object { object in
            object.member("position", position)
            object.member("type", type)
            object.member("recorded_at", Timestamp(microseconds: recordedAt).description)
            object.member("actor", orNull: story.actorID)
            object.member("actor_name", story.actor)
            object.member("sentence", story.sentence)
            object.member("reason", orNull: story.reason)
            object.member("source", orNull: story.source)
        }
    }
}

extension ObjectReader {
    /// A position or a moment.
    fileprivate mutating func auditedMoment(_ name: String) -> Moment? {
        guard let text = string(name, lengthMax: 64) else { return nil }
        guard let moment = AsOf.moment(text) else {
            fail(name, "wrong_type", Moment.rule)
            return nil
        }
        return moment
    }

    mutating func stream(_ name: String) -> StreamID? {
        guard let text = string(name, lengthMax: 200) else { return nil }
        guard text.firstMatch(of: /^[a-z_]+-/) != nil, let stream = StreamID(name: text) else {
            fail(name, "not_allowed", "must be a stream's name, for example bot-acct_1:twitch")
            return nil
        }
        return stream
    }
}
