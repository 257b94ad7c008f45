import Domain
import EventStore
import Hummingbird
import NIOCore

/// Every event of a filter, sent as it is read: a slow reader slows the reading, and nothing piles up.
struct EventExport: Sendable {
    private static let batch = 500

    let journal: Journal
    let request: EventListRequest
    let format: ExportFormat

    func response() -> Response {
        Response(
            status: .ok, headers: [.contentType: format.contentType, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(bytes: format.head))
                try await forEachPage { events in
                    try await writer.write(ByteBuffer(bytes: format.encode(events)))
                }
                try await writer.finish(nil)
            })
    }

    private func forEachPage(_ body: ([RecordedEvent]) async throws -> Void) async throws {
        // As of now: a reader slower than the writers would never come to an end.
        var filter = request.filter
        filter.last = min(filter.last, journal.head)
        while true {
            let page = try journal.readAll(filter, direction: request.direction, limit: Self.batch)
            if !page.events.isEmpty { try await body(page.events) }
            guard let next = page.next else { return }
            if request.direction == .forwards { filter.first = next } else { filter.last = next }
        }
    }
}
