import ArgumentParser
import BotModules
import Domain
import Foundation

/// Judges chat, cycled over many channels, on one core.
struct ModerateRun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "moderate")

    @Option(help: "A chat log of IRC lines with tags; generated chat without it.") var chat: String?
    @Option var channels = 1000
    @Option var seconds = 5.0
    @Flag(help: "Each channel has settings of its own, so that nothing is shared.") var distinct = false
    @Option(help: "Writes texts, words and patterns, a line each, for the floor, and measures nothing.")
    var writeTo: String?

    /// Of one channel, as in the recorded chat.
    private static let messagesPerSecond = 1.8

    func run() throws {
        let log = try chat.map { ChatLog(irc: try String(contentsOfFile: $0, encoding: .utf8)) }
        let messages = (log ?? .generated(count: 800)).messages
        if let writeTo { return try write(messages, to: writeTo) }

        let before = ResidentMemory.bytes
        let modules = try (0..<(distinct ? channels : 1)).map { try ModerationLoad.modules($0) }
        var windows = [ChannelWindow](repeating: ChannelWindow(), count: channels)
        var round = Round(modules: modules, messages: messages, channels: channels)
        round.judge(count: 2 * channels + messages.count, in: &windows)
        let started = DispatchTime.now().uptimeNanoseconds
        let deadline = started + UInt64(seconds * 1e9)
        (round.judged, round.hits) = (0, 0)
        repeat { round.judge(count: 10_000, in: &windows) } while DispatchTime.now().uptimeNanoseconds < deadline
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        let fields = [
            #""suite":"moderate""#, #""side":"ours""#, #""messages":\#(round.judged)"#, #""hits":\#(round.hits)"#,
            #""seconds":\#(elapsed)"#, #""rate":\#(Double(round.judged) / elapsed)"#,
            #""bytes":\#(ResidentMemory.bytes - before)"#,
        ]
        print("{\(fields.joined(separator: ","))}")
    }

    private struct Round {
        let modules: [CompiledModules]
        let messages: [ChatMessage]
        let channels: Int
        let space = JudgingSpace()
        var next = 0
        var judged = 0
        var hits = 0

        mutating func judge(count: Int, in windows: inout [ChannelWindow]) {
            for _ in 0..<count {
                let channel = next % channels
                let message = messages[(next + next / channels) % messages.count]
                let seconds = Double(next) / (Double(channels) * ModerateRun.messagesPerSecond)
                let now = Timestamp(microseconds: Int(seconds * 1e6))
                let modules = modules[modules.count == 1 ? 0 : channel]
                if modules.judge(message, in: &windows[channel], at: now, with: space) != nil { hits += 1 }
                next += 1
            }
            judged += count
        }
    }

    private func write(_ messages: [ChatMessage], to directory: String) throws {
        let folder = URL(fileURLWithPath: directory)
        let files = [
            "texts": messages.map(\.text), "words": ModerationLoad.words, "patterns": ModerationLoad.patterns,
        ]
        for (name, lines) in files {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: name))
        }
    }
}
