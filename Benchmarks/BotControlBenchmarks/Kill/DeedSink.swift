import Domain
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// What stands where Twitch is: takes every deletion, and remembers when the last of each round came in.
final class DeedSink: Sendable {
    struct Deeds: Sendable {
        var count = 0
        var lastAt = Timestamp(microseconds: 0)
        var lastLine = -1
    }

    private let rounds = Mutex<[Int: Deeds]>([:])

    func deeds(of round: Int) -> Deeds { rounds.withLock { $0[round] ?? Deeds() } }

    /// - Returns: the service, which listens on that port of the loopback.
    func service(port: Int, logger: Logger) -> some Service {
        let router = Router()
        router.delete("helix/moderation/chat") { [self] request, _ in
            take(request.uri.queryParameters["message_id"].map(String.init) ?? "")
            return Response(status: .noContent)
        }
        return Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
    }

    /// - Parameter message: `ROUND-LINE`.
    private func take(_ message: String) {
        let now = WallClock.system.now
        let numbers = message.split(separator: "-").compactMap { Int($0) }
        guard numbers.count == 2 else { return }
        rounds.withLock { rounds in
            var deeds = rounds[numbers[0]] ?? Deeds()
            (deeds.count, deeds.lastAt) = (deeds.count + 1, now)
            deeds.lastLine = max(deeds.lastLine, numbers[1])
            rounds[numbers[0]] = deeds
        }
    }
}
