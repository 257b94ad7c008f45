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
                        try session.subscribe(to: [keys.acknowledgements]) { _, bytes in take(bytes) }
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
            for bytes in try values(of: page[1].array ?? [], session) { take(bytes) }
            cursor = next
        } while cursor != "0"
    }

    private func values(of names: [RedisReply], _ session: RedisSession) throws -> [[UInt8]] {
        guard !names.isEmpty else { return [] }
        var command = RedisCommand("MGET")
        for name in names { command.append(name.bytes ?? []) }
        return try session.send(command).array?.compactMap(\.bytes) ?? []
    }

    /// The prefix is a setting, and means itself.
    private var pattern: String {
        keys.worker("").map { "\\*?[]^".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "*"
    }

    private func take(_ bytes: [UInt8]) {
        do {
            relay.onAcknowledgement(try Acknowledgement(JSONParser.parse(bytes)))
        } catch {
            relay.logger.warning("an acknowledgement cannot be read", metadata: ["error": "\(error)"])
        }
    }
}
