import ArgumentParser
import BotModules
import Domain
import Foundation
import Synchronization
import Worker

/// A worker's chat, from the message to the action that waits in its queue: how long that takes at a given rate, and
/// what many channels and many messages leave in memory.
struct ChatRun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "chat")

    @Option(help: "A chat log of IRC lines with tags; generated chat without it.") var chat: String?
    @Option var channels = 10_000
    @Option(help: "Messages a second.") var rate = 10_000
    @Flag(help: "As fast as can be, by a clock that the messages themselves move at the rate.") var unpaced = false
    @Option var messages = 100_000

    func run() throws {
        let log = try chat.map { ChatLog(irc: try String(contentsOfFile: $0, encoding: .utf8)) }
        let texts = (log ?? .generated(count: 800)).messages
        let before = ResidentMemory.bytes
        let stage = try Stage(channels: channels, clock: unpaced ? .moved : .system)
        var latencies: [UInt32] = []
        latencies.reserveCapacity(messages / 10)
        let started = DispatchTime.now().uptimeNanoseconds
        var half = 0
        for number in 0..<messages {
            let sinceStart = UInt64(number) * 1_000_000_000 / UInt64(rate), due = started + sinceStart
            if unpaced { stage.clock.move(to: sinceStart) } else { wait(until: due) }
            let message = message(number, texts, at: stage.clock.wall.now)
            // From when it was due: one that waits for the message before it is late, too.
            if stage.receive(message), !unpaced {
                latencies.append(UInt32(clamping: DispatchTime.now().uptimeNanoseconds - due))
            }
            if number == messages / 2 { half = ResidentMemory.bytes }
            if number % 100_000 == 99_999 { stage.sweep() }
        }
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        report(latencies, elapsed, half: half - before, end: ResidentMemory.bytes - before)
    }

    /// Sleeping would be late by more than what is measured.
    private func wait(until time: UInt64) {
        while DispatchTime.now().uptimeNanoseconds < time { sched_yield() }
    }

    /// Every tenth has a word that is blocked.
    private func message(_ number: Int, _ texts: [ChatMessage], at now: Timestamp) -> ChatMessage {
        var message = texts[number % texts.count]
        let channel = number % channels
        message.channel = ChatAccounts.channel(channel, on: .twitch)
        message.id = String(number)
        message.sentAt = now
        if number % 10 == 0 { message.text += " vorka" }
        return message
    }

    private func report(_ latencies: [UInt32], _ seconds: Double, half: Int, end: Int) {
        let sorted = latencies.sorted()
        func percentile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
        }
        let fields = [
            #""suite":"chat""#, #""side":"ours""#, #""messages":\#(messages)"#,
            #""rate":\#(Double(messages) / seconds)"#,
            #""p50_us":\#(percentile(0.5))"#, #""p99_us":\#(percentile(0.99))"#,
            #""half_mebibytes":\#(half >> 20)"#, #""mebibytes":\#(end >> 20)"#,
        ]
        print("{\(fields.joined(separator: ","))}")
    }

    /// A worker's moderator on a feed of as many accounts as channels, each with settings of its own.
    private final class Stage: Sendable {
        let clock: Clocks
        private let moderator: Moderator
        private let count: Counter

        private final class Counter: Sendable {
            let acted = Atomic<Int>(0)
        }

        init(channels: Int, clock: Clocks) throws {
            self.clock = clock
            let live = try ChatAccounts.live(channels, on: .twitch)
            let count = Counter()
            self.count = count
            var configuration = Moderator.Configuration(worker: "bench")
            (configuration.wallClock, configuration.clock) = (clock.wall, clock.monotonic)
            moderator = Moderator(configuration, live: live) { _ in
                count.acted.add(1, ordering: .relaxed)
            } report: { _ in
            }
        }

        /// True when something is to be done.
        func receive(_ message: ChatMessage) -> Bool {
            let before = count.acted.load(ordering: .relaxed)
            moderator.receive(message)
            return count.acted.load(ordering: .relaxed) > before
        }

        func sweep() { moderator.sweep() }
    }

    /// The machine's clocks, or a pair that stands still until it is moved: ten million messages at a given rate then
    /// take no longer than judging them does.
    private struct Clocks: Sendable {
        let wall: WallClock, monotonic: MonotonicClock
        private let moved: Moved?

        private final class Moved: Sendable {
            let nanoseconds = Atomic<UInt64>(0)
            let start = (wall: WallClock.system.now, monotonic: ContinuousClock.now)
        }

        static let system = Clocks(wall: .system, monotonic: .system, moved: nil)

        static var moved: Clocks {
            let moved = Moved()
            return Clocks(
                wall: WallClock {
                    moved.start.wall.adding(seconds: Double(moved.nanoseconds.load(ordering: .relaxed)) / 1e9)
                },
                monotonic: MonotonicClock(
                    now: { moved.start.monotonic + .nanoseconds(moved.nanoseconds.load(ordering: .relaxed)) },
                    sleep: { _ in }),
                moved: moved)
        }

        func move(to nanoseconds: UInt64) { moved?.nanoseconds.store(nanoseconds, ordering: .relaxed) }
    }
}
