import Domain
import Logging
import ServiceLifecycle
import TestTools
import Testing

@testable import Worker

@Suite("Acknowledgements")
struct AcknowledgerTests {
    private static let model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))
    private let clock = HandClock()
    private let feed = ScriptedFeed()

    private func run(_ live: LiveSet, _ body: () async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let acknowledger = Acknowledger(
            identity: WorkerIdentity(name: "w1", version: "1"), source: feed, live: live,
            wallClock: WallClock { Samples.now }, clock: clock.monotonic, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [acknowledger], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `are sent every two seconds when nothing happens`() async throws {
        try await run(LiveSet(try ActiveSet(Self.model), clock: clock.monotonic)) {
            for count in 1...3 {
                await until { feed.acknowledgements.count == count && clock.sleeperCount == 1 }
                clock.advance(by: .milliseconds(1999))
                #expect(feed.acknowledgements.count == count)
                clock.advance(by: .milliseconds(1))
            }
            await until { feed.acknowledgements.count == 4 }
        }
        #expect(feed.acknowledgements.map(\.isGoodbye) == [false, false, false, false, true])
    }

    @Test func `are sent after each batch, with what was seen and what was refused`() async throws {
        var model = Self.model
        let live = LiveSet(try ActiveSet(model), clock: clock.monotonic)
        try await run(live) {
            await until { feed.acknowledgements.count == 1 && clock.sleeperCount == 1 }
            let change = model.put(Samples.bot("acct_1", .twitch).saying("{"))
            #expect(live.receive(.changes([change])) == .changed)
            await until { feed.acknowledgements.count == 2 }
        }
        let sent = feed.acknowledgements[1]
        #expect(sent.applied == model.last && sent.seen == model.last && sent.digest == model.digest)
        #expect(sent.nacks.map(\.key) == ["acct_1:twitch"] && sent.at == Samples.now)
        #expect(try Acknowledgement(JSONParser.parse(sent.bytes)) == sent, "the server can read it")
    }

    @Test func `say nothing while there is nothing to tell of`() async throws {
        try await run(LiveSet(clock: clock.monotonic)) {
            await until { clock.sleeperCount == 1 }
        }
        #expect(feed.acknowledgements.isEmpty)
    }
}

@Suite("The state keeper")
struct StateKeeperTests {
    @Test func `writes every few seconds when something has changed, and at the end`() async throws {
        let directory = try TemporaryDirectory()
        let clock = HandClock(), file = try StateFile(directory: directory.path)
        var model = FeedModel(Samples.account("acct_1"))
        let live = LiveSet(try ActiveSet(model), clock: clock.monotonic)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let keeper = StateKeeper(file: file, live: live, clock: clock.monotonic, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [keeper], logger: logger))
        func saved() -> ChangeID? { if case .read(let set) = file.load() { set.cursor } else { nil } }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await until { clock.sleeperCount == 1 }
            _ = live.receive(.changes([model.put(Samples.bot("acct_1", .kick))]))
            clock.advance(by: .milliseconds(4999))
            #expect(try directory.contents() == [])
            clock.advance(by: .milliseconds(1))
            await until { saved() == model.last && clock.sleeperCount == 1 }
            let before = try directory.bytes(of: StateFile.fileName)
            clock.advance(by: .seconds(5))
            await until { clock.sleeperCount == 1 }
            #expect(try directory.bytes(of: StateFile.fileName) == before, "nothing has changed")
            _ = live.receive(.changes([model.put(Samples.bot("acct_1", .trovo))]))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(saved() == model.last)
    }
}
