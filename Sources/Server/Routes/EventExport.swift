import Dispatch
import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Every event of a filter, sent as it is read: a slow reader slows the reading, and nothing piles up. When the reader
/// goes, the reading ends with the step that it is in, also when nothing is found for long.
struct EventExport: Sendable {
    static let batch = 500
    /// Reading blocks: it must not block those who answer.
    private static let queue = DispatchQueue(label: "event-export", qos: .utility, attributes: .concurrent)

    let journal: Journal
    let request: EventListRequest
    let format: ExportFormat
    let counts: ExportCounts

    /// - Parameter body: the request's, which tells that the caller has gone; nil for callers within the process.
    func response(watching body: RequestBody?) -> Response {
        // As of now: a reader slower than the writers would never come to an end.
        let last = min(request.filter.last, journal.head)
        return Response(
            status: .ok,
            headers: [
                .contentType: format.contentType, .cacheControl: "no-store", .exportThrough: String(max(0, last)),
            ],
            body: ResponseBody { writer in
                counts.running.add(1)
                defer { counts.running.add(-1) }
                let presence = Presence()
                if let body {
                    try await body.consumeWithInboundCloseHandler { _ in
                        try await send(through: last, to: &writer, presence)
                    } onInboundClosed: {
                        presence.end()
                    }
                } else {
                    try await send(through: last, to: &writer, presence)
                }
                try await writer.finish(nil)
            })
    }

    /// - Throws: `Presence.Gone`, and what the journal and the connection say.
    func send(
        through last: Int, to writer: inout any ResponseBodyWriter, _ presence: Presence
    ) async throws {
        var filter = request.filter
        filter.last = last
        try await writer.write(ByteBuffer(bytes: format.head))
        while true {
            try presence.require()
            let (bytes, next) = try await step(filter)
            if bytes.readableBytes > 0 { try await writer.write(bytes) }
            guard let next else { return }
            if request.direction == .forwards { filter.first = next } else { filter.last = next }
        }
    }

    private func step(_ filter: EventFilter) async throws -> (ByteBuffer, next: Int?) {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async {
                continuation.resume(
                    with: Result {
                        let page = try journal.readAll(filter, direction: request.direction, limit: Self.batch)
                        counts.events.increment(by: page.events.count)
                        counts.steps.increment()
                        return (ByteBuffer(bytes: format.encode(page.events)), page.next)
                    })
            }
        }
    }

    /// Whether the reader is still there.
    final class Presence: Sendable {
        struct Gone: Error {}

        private let hasEnded = Atomic(false)

        func end() { hasEnded.store(true, ordering: .relaxed) }

        func require() throws {
            if hasEnded.load(ordering: .relaxed) || Task.isCancelled { throw Gone() }
        }
    }
}

extension HTTPField.Name {
    /// The last position that an export looks at: what comes later is asked for with `after`.
    static let exportThrough = HTTPField.Name("X-Export-Through")!
}

/// What exports are doing.
struct ExportCounts: Sendable {
    let running: Gauge
    /// Events sent, and how often the journal was asked for some.
    let events: Counter, steps: Counter

    init(_ registry: MetricsRegistry) {
        running = registry.gauge("botcontrol_exports_running", "Exports of the history under way.").with()
        events = registry.counter("botcontrol_exported_events_total", "Events read for exports.").with()
        steps = registry.counter("botcontrol_export_steps_total", "How often exports have asked the journal.").with()
    }
}
