import Domain
import Logging
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("A relay and a worker whose clocks differ", .timeLimit(.minutes(1)))
struct SkewedClockTests {
    /// The system's clock, so far off; it may be moved once more.
    private final class WrongClock: Sendable {
        private let offset: Mutex<Double>

        init(_ seconds: Double) { offset = Mutex(seconds) }

        func move(by seconds: Double) { offset.withLock { $0 += seconds } }

        var clock: WallClock { WallClock { WallClock.system.now.adding(seconds: self.offset.withLock { $0 }) } }
    }

    @Test(arguments: [-900.0, 900])
    func `agree all the same, also when one of them is set right`(offsetSeconds: Double) async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let clock = WrongClock(offsetSeconds), heard = Mutex<[Acknowledgement]>([])
        let plane = try DataPlane.quiet(
            "w", RedisFeed(server.url), wallClock: WrongClock(-offsetSeconds).clock)
        try await FeedStage.with { stage in
            let relay = FeedRelay(
                readModels: stage.readModels, url: server.url, settings: .test, clock: clock.clock,
                logger: Logger(label: "relay") { _ in SwiftLogNoOpLogHandler() }
            ) { said, _ in heard.withLock { $0.append(said) } }
            func isUpToDate() -> Bool {
                let head = stage.head
                return plane.live.read { $0.set.cursor == head.last && $0.set.digest == head.digest && $0.isCaughtUp }
                    && plane.live.freshness == .live
            }
            try await relay.running {
                try await plane.running {
                    try await stage.register()
                    let comes = await eventually { isUpToDate() }
                    #expect(comes)
                    // Bookmarks go on when the stamps go back: they are compared with each other for change alone.
                    clock.move(by: -offsetSeconds)
                    let before = plane.live.read { $0.heardAt }
                    let goesOn = await eventually { plane.live.read { $0.heardAt } > before }
                    try await stage.rename(5)
                    let comesAgain = await eventually {
                        isUpToDate() && heard.withLock { $0.last?.applied } == stage.head.last
                    }
                    #expect(goesOn && comesAgain && relay.status.failure == nil)
                }
            }
        }
    }
}
