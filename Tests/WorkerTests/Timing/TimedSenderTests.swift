import Domain
import Redis
import RedisStage
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("Timed messages in a worker")
struct TimedSenderTests {
    private static func timed(_ text: String = "Follow us!", lines: Int = 0, minutes: Int = 1) -> FeedEntry {
        let config: JSON = [
            "messages": [["text": .string(text), "interval_minutes": .integer(minutes)]],
            "min_chat_lines_between": .integer(lines),
        ]
        return Samples.module("acct_1", .timedMessages, config: config)
    }

    private func said(_ stage: ChatStage) -> [String] {
        stage.platform.asked.compactMap { if case .say(let text, _) = $0 { text } else { nil } }
    }

    /// A second at a time, as the clock goes: nobody wakes up a minute late.
    private func pass(_ seconds: Int, on stage: ChatStage) async {
        for _ in 0..<seconds {
            await until { stage.clock.sleeperCount >= 3 }
            stage.clock.advance(by: .seconds(1))
        }
        await until { stage.clock.sleeperCount >= 3 }
    }

    @Test func `are sent after each interval, and not at the start`() async throws {
        let stage = try ChatStage(Self.timed())
        try await stage.running {
            await pass(59, on: stage)
            #expect(said(stage).isEmpty)
            await pass(3, on: stage)
            await until { said(stage) == ["Follow us!"] }
            await pass(62, on: stage)
            await until { said(stage).count == 2 }
        }
        let record = try #require(stage.records.first)
        #expect((record.module, record.action, record.outcome) == ("timed_messages", .say, .done))
    }

    @Test func `wait for as many lines of viewers as configured`() async throws {
        let stage = try ChatStage(Self.timed(lines: 3))
        try await stage.running {
            await pass(70, on: stage)
            stage.say("1", "a", by: .sample("bot", roles: .bot))
            stage.say("2", "b")
            stage.say("3", "c")
            await pass(5, on: stage)
            #expect(said(stage).isEmpty)
            stage.say("4", "d")
            await until { said(stage) == ["Follow us!"] }
        }
    }

    @Test func `start over after a pause, with nothing made up for`() async throws {
        let stage = try ChatStage(Self.timed())
        try await stage.running {
            await pass(50, on: stage)
            stage.put(Samples.bot("acct_1", .twitch, isPaused: true))
            await pass(100, on: stage)
            stage.put(Samples.bot("acct_1", .twitch))
            await pass(55, on: stage)
            #expect(said(stage).isEmpty)
            await pass(8, on: stage)
            await until { said(stage).count == 1 }
        }
    }

    @Test func `change with the settings`() async throws {
        let stage = try ChatStage(Self.timed("old"))
        try await stage.running {
            await pass(30, on: stage)
            stage.put(Self.timed("new"))
            await pass(55, on: stage)
            #expect(said(stage).isEmpty)
            await pass(8, on: stage)
            await until { said(stage) == ["new"] }
            stage.put(Samples.module("acct_1", .timedMessages, isEnabled: false))
            await pass(70, on: stage)
            #expect(said(stage) == ["new"])
        }
    }

    /// An authority that another worker has outrun.
    private struct Outrun: LeaseAuthority {
        let isOurs: Gate

        func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int] {
            Dictionary(uniqueKeysWithValues: bots.map { ($0, 7) })
        }

        func holds(_ bot: BotName, _ fence: Int) async throws -> Bool { isOurs.value && fence == 7 }
        func release(_ bots: [BotName: Int]) async throws {}
    }

    @Test func `are not sent by a worker who only believes that the bot is his`() async throws {
        let isOurs = Gate()
        let stage = try ChatStage(Self.timed(), authority: Outrun(isOurs: isOurs))
        try await stage.running {
            await pass(70, on: stage)
            #expect(said(stage).isEmpty)
            isOurs.value = true
            await pass(62, on: stage)
            await until { said(stage).count == 1 }
        }
    }

    @Test(.timeLimit(.minutes(2))) func `are sent by one of several workers`() async throws {
        let server = try RedisServer()
        let stages = try (0..<3).map { number in
            try ChatStage(Self.timed(), authority: RedisLeases(server.url, worker: "w\(number)"))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for stage in stages {
                group.addTask {
                    try await stage.running {
                        for _ in 0..<130 {
                            stage.clock.advance(by: .seconds(1))
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect((1...2).contains(stages.reduce(0) { $0 + said($1).count }))
        #expect(stages.count { !said($0).isEmpty } == 1)
    }
}
