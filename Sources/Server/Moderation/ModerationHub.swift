import Domain
import NIOCore
import Runtime
import ServiceLifecycle
import Synchronization

/// Takes what workers did in chat: into the log, to everybody who looks on, and into the metrics.
final class ModerationHub: Service, Sendable {
    static let pulseSeconds = 2.0

    private let runtime: RuntimeStore
    private let authenticator: Authenticator
    private let records: Family<Counter>
    private let dropped: Counter
    /// Held while lines are numbered and offered, so that every stream sees them in their order.
    private let streams = Mutex(OpenStreams<ModerationFilter>())

    init(runtime: RuntimeStore, authenticator: Authenticator, metrics: MetricsRegistry) {
        (self.runtime, self.authenticator) = (runtime, authenticator)
        records = metrics.counter(
            "botcontrol_moderation_records_total", "What workers did in chat.", labels: ["module", "action"])
        dropped = metrics.counter(
            "botcontrol_moderation_lines_dropped_total", "Lines of the moderation log that the disk did not take."
        ).with([])
    }

    var count: Int { streams.withLock { $0.count } }

    /// - Returns: the stream, and the number of the last line that stands before everything offered to it.
    func subscribe(
        _ authorization: String, _ filter: ModerationFilter, cut: @escaping @Sendable () -> Void
    ) -> (stream: OpenStream, start: Int)? {
        streams.withLock { streams in
            streams.open(authorization, filter, cut: cut).map { ($0, runtime.lastModerationID) }
        }
    }

    func remove(_ stream: OpenStream) {
        streams.withLock { $0.remove(stream) }
    }

    func take(_ moderation: [ModerationRecord], place: ReportPlace?) {
        let (lines, droppedCount) = streams.withLock { streams in
            let taken = runtime.record(moderation, place: place)
            if !streams.isEmpty, !taken.lines.isEmpty { streams.offer { ModerationEvents.lines(taken.lines, $0) } }
            return taken
        }
        dropped.increment(by: droppedCount)
        for new in lines { records.with(new.record.module, new.record.action.rawValue).increment() }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(Self.pulseSeconds))
                self.streams.withLock { $0.offer(FeedEvents.pulse) }
                await self.authenticator.turnOut(self.streams.withLock { $0.all }) { self.remove($0) }
            }
        }
        streams.withLock { $0.close() }
    }
}

/// The log as server-sent events: an event `moderation` a line, whose id is the line's number.
enum ModerationEvents {
    /// The first words of a stream: it is open, and nothing need have happened yet.
    static let greeting = ByteBuffer(string: ": what comes from now on follows\n\n")

    static func lines(_ lines: [ModerationLine]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for line in lines { write(line, into: &buffer) }
        return buffer
    }

    /// Those that a reader wants; nil when there are none.
    static func lines(_ lines: [NewModerationLine], _ filter: ModerationFilter) -> ByteBuffer? {
        var buffer = ByteBuffer()
        for new in lines where filter.matches(new.record) { write(new.line, into: &buffer) }
        return buffer.readableBytes == 0 ? nil : buffer
    }

    /// The data is compact JSON, in which no line ends.
    private static func write(_ line: ModerationLine, into buffer: inout ByteBuffer) {
        buffer.writeString("event: moderation\nid: \(line.id)\ndata: ")
        buffer.writeBytes(line.bytes)
        buffer.writeString("\n\n")
    }
}
