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
            return try ChatMessage(irc: IRCLine(bytes: bytes), account: account)
        }
    }
}

/// The lines of a chat that could not be read: the first are named, all are counted.
final class UnreadableLines: Sendable {
    private static let namedMax = 10
    private let input: String
    private let count = Atomic<Int>(0)

    init(of input: String) {
        self.input = input
    }

    func add(_ number: Int, _ error: any Error) {
        let place = count.add(1, ordering: .relaxed).newValue
        if place <= Self.namedMax { StandardError.write("botcontrol: line \(number) of \(input): \(error)") }
    }

    /// To be called at the end.
    func sum() {
        let all = count.load(ordering: .relaxed)
        guard all > 0 else { return }
        StandardError.write("botcontrol: \(all) \(all == 1 ? "line" : "lines") of \(input) could not be read")
    }
}
