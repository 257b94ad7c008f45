import Foundation
import Platforms
import PlatformStage

/// A chat as Twitch's IRC has brought it, to be played again: the same people say the same, now and in another room.
struct RecordedChat {
    struct Line {
        let login: String, text: String
        fileprivate let tags: [Substring], rest: Substring

        /// nil for what is no message.
        fileprivate init?(_ line: Substring) {
            guard line.hasPrefix("@"), let space = line.firstIndex(of: " "),
                let parsed = try? IRCLine(parsing: String(line)), parsed.command == "PRIVMSG", let nick = parsed.nick,
                let said = parsed.trailing
            else { return nil }
            (login, text) = (nick, said)
            (tags, rest) = (line[..<space].dropFirst().split(separator: ";"), line[space...])
        }

        var badges: [String] {
            let tag = tags.first { $0.hasPrefix("badges=") }?.dropFirst("badges=".count) ?? ""
            return tag.split(separator: ",").map(String.init)
        }

        /// The same line with some of its tags set anew.
        fileprivate func text(with changed: [String: String]) -> String {
            let kept = tags.filter { changed[String($0.prefix { $0 != "=" })] == nil }.map(String.init)
            return "@" + (kept + changed.map { "\($0)=\($1)" }).joined(separator: ";") + rest
        }
    }

    let lines: [Line]

    /// What is empty would prove nothing.
    struct Empty: Error { let path: String }

    init(_ path: String) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        lines = bytes.split(separator: UInt8(ascii: "\n")).compactMap { Line(String(decoding: $0, as: UTF8.self)[...]) }
        guard !lines.isEmpty else { throw Empty(path: path) }
    }

    /// A small one with the words of the examples in it.
    static var ofExamples: RecordedChat {
        get throws { try RecordedChat(ExtensionCommandTests.root.path + "/Tests/Chats/examples.irc") }
    }

    /// A long one, of a real channel, which is not the project's to publish: beside the project, or where the
    /// environment says.
    static let realPath =
        ProcessInfo.processInfo.environment["BOTCONTROL_CHAT_FILE"]
        ?? ExtensionCommandTests.root.deletingLastPathComponent().path + "/shared/data/twitch-chat.irc"

    static var hasReal: Bool { FileManager.default.isReadableFile(atPath: realPath) }
}

extension ExtensionStage {
    /// Lets a line be said in the stage's room, by way of the worker's `--input`.
    ///
    /// - Returns: the message's id.
    @discardableResult
    func play(_ line: RecordedChat.Line) throws -> String {
        let author = twitch.person(line.login)
        // Twitch knows the message, so that it can be deleted there.
        let id = twitch.say(line.text, by: author, in: room, badges: line.badges)
        let now = Int(Date().timeIntervalSince1970 * 1000)
        try chat?.write(
            line.text(with: ["id": id, "room-id": room.id, "user-id": author.id, "tmi-sent-ts": "\(now)"]))
        return id
    }

    @discardableResult
    func play(_ text: String, by login: String, badges: String = "") throws -> String {
        let author = twitch.person(login), id = twitch.say(text, by: author, in: room)
        let now = Int(Date().timeIntervalSince1970 * 1000)
        try chat?.write(
            """
            @badges=\(badges);display-name=\(author.name);id=\(id);room-id=\(room.id);tmi-sent-ts=\(now);\
            user-id=\(author.id) :\(login)!\(login)@\(login).tmi.twitch.tv PRIVMSG #aurora :\(text)
            """)
        return id
    }
}
