import ArgumentParser
import Domain
import Platforms
import Worker

/// How chat of the past is written down, a message a line.
enum ChatFormat: String, CaseIterable, ExpressibleByArgument {
    /// A message as JSON.
    case ndjson
    /// Twitch's IRC, with tags.
    case irc

    /// Why a line is no message.
    struct Unreadable: Error {
        let reason: String
    }

    /// - Parameter account: of messages that name none.
    /// - Returns: nil for a line in which nobody says anything: an empty one, or another command of IRC.
    func message(_ line: LineFile.Line, account: AccountID) throws(Unreadable) -> ChatMessage? {
        guard case .text(let bytes) = line else {
            throw Unreadable(reason: "it is longer than \(LineFile.lineBytesMax) bytes")
        }
        if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return nil }
        switch self {
        case .ndjson: return try Self.message(json: bytes, account)
        case .irc: return try Self.message(irc: bytes, account)
        }
    }

    private static func message(json bytes: [UInt8], _ account: AccountID) throws(Unreadable) -> ChatMessage {
        do {
            return try ChatMessage(JSONParser.parse(bytes), account: account)
        } catch let error as ValidationFailed {
            throw Unreadable(reason: error.failures.map { "\($0.path) \($0.message)" }.joined(separator: "; "))
        } catch {
            throw Unreadable(reason: "it is not JSON: \(error)")
        }
    }

    private static func message(irc bytes: [UInt8], _ account: AccountID) throws(Unreadable) -> ChatMessage? {
        do throws(IRCLine.Malformed) {
            let line = try IRCLine(bytes: bytes)
            if let message = ChatMessage(irc: line, account: account) { return message }
            guard line.command == "PRIVMSG" else { return nil }
        } catch {
            throw Unreadable(reason: "\(error)")
        }
        throw Unreadable(reason: "it lacks a tag that every message has: id, room-id, user-id or tmi-sent-ts")
    }
}
