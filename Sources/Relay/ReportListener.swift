import Domain
import Logging
import Redis

/// Reads what workers report, entry by entry from where it stopped the last time.
///
/// Whoever takes the reports saves the place together with them: after a crash they are read again from there, and
/// nothing is taken twice. Every relay has a place of its own, so that two servers both hear everything.
struct ReportListener: Sendable {
    private static let batch = 16
    private static let blockMilliseconds = 1_000
    private static let first = "0-0"

    let relay: FeedRelay
    let intake: ReportIntake

    private var stream: String { relay.settings.keys.reports }

    func run() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let connection = RedisConnection(relay.url, limits: relay.settings.limits, name: "relay-reports")
            await withTaskCancellationHandler {
                do {
                    while !Task.isCancelled {
                        try await connection.perform { try readOnce($0) }
                        backoff.succeeded()
                    }
                } catch {
                    relay.logger.debug("the workers' reports cannot be read", metadata: ["error": "\(error)"])
                }
            } onCancel: {
                connection.close()
            }
            connection.close()
            try? await Task.sleep(for: backoff.next())
        }
    }

    private func readOnce(_ session: RedisSession) throws {
        let place = intake.place() ?? Self.first
        let command = RedisCommand("XREAD", "COUNT").with(Self.batch).with("BLOCK").with(Self.blockMilliseconds)
            .with("STREAMS").with(stream).with(place)
        let reply = try session.send(command, waitingSeconds: Double(Self.blockMilliseconds) / 1000)
        let entries = reply.array?.first?.array?.last?.array ?? []
        // Nothing came: is the stream still the one that the place is in?
        if entries.isEmpty { return try followStream(session, from: place) }
        for entry in entries { take(entry) }
    }

    private func take(_ entry: RedisReply) {
        guard let parts = entry.array, let id = parts.first?.text else { return }
        intake.take(report(in: parts.last, id), id)
    }

    /// - Returns: nil for what cannot be understood, which must hold up nothing.
    private func report(in fields: RedisReply?, _ id: String) -> Report? {
        do {
            let bytes = fields?.members[FeedKeys.reportField]?.bytes ?? []
            guard bytes.count <= Report.sizeBytesMax else { throw TooLarge(sizeBytes: bytes.count) }
            return try Report(JSONParser.parse(bytes))
        } catch {
            relay.logger.warning("a report cannot be read", metadata: ["entry": "\(id)", "error": "\(error)"])
            return nil
        }
    }

    /// A Redis that was flushed, or went back in time, numbers anew, perhaps below the place, and entries there would
    /// never be heard of.
    ///
    /// What stands in it by then may be what was read before, so reading goes on behind it; a stream that is gone is
    /// read from its beginning.
    private func followStream(_ session: RedisSession, from place: String) throws {
        let last = try lastID(session)
        if let last, EntryID(last) >= EntryID(place) { return }
        let next = last ?? Self.first
        guard next != place else { return }
        relay.logger.notice("the stream of reports begins anew", metadata: ["was": "\(place)", "is": "\(next)"])
        intake.take(nil, next)
    }

    /// nil when there is no stream.
    private func lastID(_ session: RedisSession) throws -> String? {
        guard try session.send(RedisCommand("EXISTS", stream)).integer == 1 else { return nil }
        return try session.send(RedisCommand("XINFO", "STREAM", stream)).members["last-generated-id"]?.text
    }

    private struct TooLarge: Error, CustomStringConvertible {
        let sizeBytes: Int
        var description: String { "it has \(sizeBytes) bytes, and \(Report.sizeBytesMax) are taken" }
    }
}

/// Where reports go, and from where on they are read.
package struct ReportIntake: Sendable {
    /// The last entry that was taken; nil when none ever was.
    package let place: @Sendable () -> String?
    /// Takes the report of an entry, and remembers the entry. nil: there is nothing in it that can be read.
    package let take: @Sendable (Report?, _ entry: String) -> Void

    package init(
        place: @escaping @Sendable () -> String?, take: @escaping @Sendable (Report?, _ entry: String) -> Void
    ) {
        (self.place, self.take) = (place, take)
    }
}

/// An entry's id in the order in which Redis has them; what is none is before all.
private struct EntryID: Comparable {
    private let milliseconds: UInt64, sequence: UInt64

    init(_ text: String) {
        let parts = text.split(separator: "-").map { UInt64($0) ?? 0 }
        (milliseconds, sequence) = (parts.first ?? 0, parts.count > 1 ? parts[1] : 0)
    }

    static func < (left: EntryID, right: EntryID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}
