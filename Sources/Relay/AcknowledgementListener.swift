import Domain
import Logging
import Redis

/// Hears what workers say of themselves: on the channel at once, and in their keys after an outage.
struct AcknowledgementListener: Sendable {
    private static let scanCount = "1000"

    let relay: FeedRelay

    private var keys: FeedKeys { relay.settings.keys }

    func run() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let connection = RedisConnection(relay.url, limits: relay.settings.limits, name: "relay-listener")
            await withTaskCancellationHandler {
                do {
                    try await connection.perform { try readAll($0) }
                    backoff.succeeded()
                    // What is said between the two is said again two seconds later.
                    try await connection.perform { session in
                        try session.subscribe(to: [keys.acknowledgements]) { _, bytes in take(bytes) { _ in 0 } }
                    }
                } catch {
                    relay.logger.debug("the workers cannot be heard", metadata: ["error": "\(error)"])
                }
            } onCancel: {
                connection.close()
            }
            connection.close()
            try? await Task.sleep(for: backoff.next())
        }
    }

    private func readAll(_ session: RedisSession) throws {
        var cursor = "0"
        repeat {
            let command = RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", Self.scanCount)
            guard let page = try session.send(command).array, page.count == 2, let next = page[0].text else { return }
            try takeAll(page[1].array?.compactMap(\.bytes) ?? [], session)
            cursor = next
        } while cursor != "0"
    }

    /// How long a word is still kept tells how old it is, by no clock but that of Redis.
    private func takeAll(_ names: [[UInt8]], _ session: RedisSession) throws {
        let commands = names.flatMap { [RedisCommand("GET").with($0), RedisCommand("PTTL").with($0)] }
        let replies = try session.send(commands)
        for index in stride(from: 0, to: replies.count, by: 2) {
            guard let bytes = try replies[index].get().bytes else { continue }
            let left = try replies[index + 1].get().integer ?? 0
            take(bytes) { left < 0 ? 0 : max(0, Double($0.secondsKept) - Double(left) / 1000) }
        }
    }

    /// The prefix is a setting, and means itself.
    private var pattern: String {
        keys.worker("").map { "\\*?[]^".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "*"
    }

    private func take(_ bytes: [UInt8], secondsAgo: (Acknowledgement) -> Double) {
        do {
            let said = try Acknowledgement(JSONParser.parse(bytes))
            relay.onAcknowledgement(said, secondsAgo(said))
        } catch {
            relay.logger.warning("an acknowledgement cannot be read", metadata: ["error": "\(error)"])
        }
    }
}
