import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Projections

/// The feed of changes over HTTP: a snapshot of all documents, a stream of what follows, and the same to poll.
struct FeedRoutes {
    static let snapshotPath = "/v1/feed/snapshot"

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: Self.snapshotPath, id: "getFeedSnapshot",
                summary: """
                    Read all documents as of one change, as NDJSON: first a line {epoch, id, position, digest, at}, \
                    then one {kind, key, value} a line.
                    """,
                access: .system, answer: .raw(contentType: "application/x-ndjson", schema: ["type": "string"]),
                handler: snapshot),
            Operation(
                method: .get, path: "/v1/feed", id: "followFeed",
                summary: """
                    Follow the changes as server-sent events: intent, then put and delete as they happen, a bookmark \
                    every 2 s, and reset when a snapshot must be taken.
                    """,
                access: .system, parameters: [Self.after, Self.epoch],
                answer: .raw(contentType: EventStreamAnswer.contentType, schema: ["type": "string"]),
                handler: follow),
            Operation(
                method: .get, path: "/v1/changes", id: "listChanges", summary: "Read the changes after one.",
                access: .system,
                parameters: [
                    Self.after, Self.epoch,
                    .init(
                        "limit", ["type": "integer", "minimum": 1, "maximum": 1000, "default": 500], "Changes a page."),
                ],
                answer: .collection("Change", meta: Self.meta),
                refusals: [410: "The change is too long ago, or of another epoch: take a snapshot."], handler: list),
        ]
    }

    private static let after = Operation.Parameter(
        "after", Schemas.changeID,
        "The last change that the caller holds; 0-0 for none. The header Last-Event-ID says the same.")
    private static let meta: JSON = [
        "type": "object", "required": ["epoch", "last", "head"],
        "properties": [
            "epoch": ["type": "string"], "last": Schemas.changeID, "head": Schemas.changeID,
        ],
    ]
    private static let epoch = Operation.Parameter(
        "epoch", ["type": "string", "maxLength": 128], "The epoch that the caller's documents are of.")

    @Sendable private func snapshot(_ call: Call) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: SnapshotStream.body(services.readModels, at: services.clock.now, cut: call.closeConnection))
    }

    @Sendable private func follow(_ call: Call) async throws -> Response {
        let place = try Place(call)
        let authorization = call.request.headers[.authorization] ?? ""
        // Not the call itself: streams stay for long, and there are thousands.
        let cut = call.closeConnection
        return EventStreamAnswer.response(
            open: { services.feed.subscribe(authorization, cut: cut) },
            close: { services.feed.remove($0) },
            begin: { start, writer in
                try await writer.write(FeedEvents.intent(services.readModels.feedHead(at: services.clock.now)))
                return try await catchUp(from: place, to: start, &writer)
            })
    }

    /// Sends what the caller lacks of what was carried before the stream was opened.
    ///
    /// - Returns: false when the caller must begin anew.
    private func catchUp(
        from place: Place, to start: ChangeID, _ writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        guard var id = place.after else { return true }
        while true {
            guard place.epoch.map({ $0 == services.readModels.feedEpoch }) ?? true,
                case .changes(let changes) = try services.readModels.changes(after: id, limit: 500)
            else {
                try await writer.write(FeedEvents.reset(services.readModels.feedEpoch))
                return false
            }
            guard id < start, let last = changes.last else { return true }
            try await writer.write(FeedEvents.changes(changes))
            id = last.id
        }
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let place = Place(&query, call)
        let limit = query.number("limit", in: 1...1000, default: 500)
        try query.finish()
        let head = services.readModels.feedHead(at: services.clock.now)
        guard place.epoch.map({ $0 == head.epoch }) ?? true,
            case .changes(let changes) = try services.readModels.changes(after: place.after ?? .zero, limit: limit)
        else {
            throw APIError(
                .gone, "feed_gone",
                "changes after this one are not kept: take a snapshot from \(Self.snapshotPath) and go on from its id")
        }
        var writer = JSONWriter(capacityBytes: 32 * 1024)
        writer.object { body in
            body.name("data")
            body.array { array in
                for change in changes { change.encode(into: &array) }
            }
            Answers.links(["self": call.request.uri.string, "snapshot": Self.snapshotPath], into: &body)
            body.name("meta")
            body.object { meta in
                meta.member("epoch", head.epoch)
                meta.member("last", (changes.last?.id ?? place.after ?? .zero).description)
                meta.member("head", head.last.description)
            }
        }
        return Answers.response(.ok, writer)
    }
}

/// Where a follower stands.
private struct Place {
    /// nil: it wants what comes from now on.
    let after: ChangeID?
    let epoch: String?

    init(_ call: Call) throws {
        var query = try call.query()
        self.init(&query, call)
        try query.finish()
    }

    /// The header is newer than the address: a browser repeats the address as it was.
    init(_ query: inout ObjectReader, _ call: Call) {
        let text = query.string("after", lengthMax: 64)
        let header = call.request.headers[.lastEventID]
        epoch = query.string("epoch", lengthMax: 128)
        after = (header ?? text).flatMap { ChangeID($0) }
        if let header, after == nil {
            query.fail("Last-Event-ID", "not_allowed", "must be a change's id, for example 12-0, not \(header)")
        } else if text != nil, after == nil {
            query.fail("after", "not_allowed", "must be a change's id, for example 12-0")
        }
    }
}
