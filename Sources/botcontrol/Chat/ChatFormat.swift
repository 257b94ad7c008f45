import ArgumentParser
import Domain
import Platforms
import Synchronization
import Worker

/// How lines of chat are written.
enum ChatFormat: String, CaseIterable, ExpressibleByArgument {
    /// A message as JSON in each line.
    case ndjson
    /// Twitch's IRC with tags, as logs of it are kept.
    case irc

    struct TooLong: Error, CustomStringConvertible {
        let description = "it is longer than \(LineFile.lineBytesMax) bytes"
    }

    struct Incomplete: Error, CustomStringConvertible {
        let description = "it lacks a tag that a message has: id, room-id, user-id, tmi-sent-ts"
    }

    /// nil for a line that is no message, such as one of an IRC server's own.
    ///
    /// - Parameter account: whose bot it is about, where the line does not say.
    func message(_ line: LineFile.Line, account: AccountID?) throws -> ChatMessage? {
        guard case .text(let bytes) = line else { throw TooLong() }
        if bytes.isEmpty { return nil }
        switch self {
        case .ndjson: return try ChatMessage(try JSONParser.parse(bytes), account: account)
        case .irc:
            let account = account ?? AccountID(stored: "account")
            let line = try IRCLine(bytes: bytes)
            if let message = ChatMessage(irc: line, account: account) { return message }
            guard line.command == "PRIVMSG" else { return nil }
            throw Incomplete()
        }
    }
}

/// The lines of a chat that could not be read: the first are named, all are counted.
final class UnreadableLines: Sendable {
    private static let namedMax = 10
    private let input: String
    private let unreadable = Atomic<Int>(0)

    init(of input: String) {
        self.input = input
    }

    func add(_ number: Int, _ error: any Error) {
        let place = unreadable.add(1, ordering: .relaxed).newValue
        if place <= Self.namedMax { StandardError.write("botcontrol: line \(number) of \(input): \(error)") }
    }

    var count: Int { unreadable.load(ordering: .relaxed) }

    /// To be called at the end.
    func sum() {
        guard count > 0 else { return }
        StandardError.write("botcontrol: \(count) \(count == 1 ? "line" : "lines") of \(input) could not be read")
    }
}
