import Domain
import Foundation
import Platforms
import Testing

@Suite("A chat message from a line of IRC")
struct IRCMessageTests {
    static let account = AccountID(stored: "acme")

    static func message(_ text: String, tags: [String: String] = [:], bot: String? = nil) throws -> ChatMessage? {
        var all = ["id": "m1", "room-id": "7", "user-id": "9", "tmi-sent-ts": "1704557984095", "display-name": "Bob"]
        all.merge(tags) { $1 }
        let section = all.filter { $0.value != "-" }.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ";")
        let line = try IRCLine(parsing: "@\(section) :bob!bob@bob.tmi.twitch.tv PRIVMSG #room :\(text)")
        return ChatMessage(irc: line, account: account, bot: bot)
    }

    /// What the marks cover.
    static func marked(_ message: ChatMessage?, _ kind: ChatMark.Kind) -> [String] {
        guard let message else { return [] }
        let bytes = Array(message.text.utf8)
        return message.marks.filter { $0.kind == kind }.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    @Test func `has everything that the line says`() throws {
        let expected = ChatMessage(
            channel: ChatChannel(platform: .twitch, accountID: Self.account, id: "7"), id: "m1",
            author: ChatUser(id: "9", login: "bob", name: "Bob", roles: [.vip, .subscriber]), text: "hello",
            sentAt: Timestamp(microseconds: 1_704_557_984_095_000))
        #expect(try Self.message("hello", tags: ["badges": "vip/1,subscriber/12"]) == expected)
    }

    static let badges: [(String, ChatRoles)] = [
        ("", []), ("broadcaster/1", .broadcaster), ("moderator/1", .moderator),
        ("lead_moderator/1", .moderator), ("vip/1", .vip), ("subscriber/3", .subscriber), ("founder/0", .subscriber),
        ("moderator/1,subscriber/72,turbo/1", [.moderator, .subscriber]), ("premium/1,,/,x", []),
        ("Moderator/1", []), ("moderator", .moderator),
    ]

    @Test(arguments: badges)
    func `has the roles of its author's badges`(badges: String, roles: ChatRoles) throws {
        #expect(try Self.message("hi", tags: ["badges": badges])?.author.roles == roles)
    }

    @Test func `takes no role from another channel's badges`() throws {
        let message = try Self.message("hi", tags: ["badges": "vip/1", "source-badges": "moderator/1", "mod": "1"])
        #expect(message?.author.roles == .vip)
    }

    @Test func `knows the broadcaster and the bot by their ids`() throws {
        #expect(try Self.message("hi", tags: ["user-id": "7"])?.author.roles == .broadcaster)
        #expect(try Self.message("hi", bot: "9")?.author.roles == .ownBot)
    }

    @Test(arguments: ["id", "room-id", "user-id", "tmi-sent-ts"], ["-", ""])
    func `is none without what it must have`(tag: String, value: String) throws {
        #expect(try Self.message("hi", tags: [tag: value]) == nil)
    }

    @Test(arguments: ["soon", "-1", "99999999999999999999", "253402300800000", "1.5"])
    func `is none at a moment that is none`(moment: String) throws {
        #expect(try Self.message("hi", tags: ["tmi-sent-ts": moment]) == nil)
    }

    @Test(arguments: ["", "-"])
    func `calls its author by the login when there is no other name`(name: String) throws {
        #expect(try Self.message("hi", tags: ["display-name": name])?.author.name == "bob")
    }

    @Test(arguments: [
        ":x!x@x NOTICE #room :hi", "PRIVMSG #room :hi", ":bob!b@b PRIVMSG #room", ":bob!b@b PRIVMSG #room a b",
        ":tmi.twitch.tv PRIVMSG #room :hi",
    ])
    func `is none in other lines`(line: String) throws {
        let tags = "@id=m;room-id=7;user-id=9;tmi-sent-ts=1704557984095 "
        #expect(try ChatMessage(irc: IRCLine(parsing: tags + line), account: Self.account) == nil)
    }

    @Test func `loses the frame of an action, in which emotes are not counted`() throws {
        let message = try Self.message("\u{1}ACTION waves Kappa\u{1}", tags: ["emotes": "25:6-10"])
        #expect(message?.text == "waves Kappa")
        #expect(Self.marked(message, .emote) == ["Kappa"])
        #expect(try Self.message("\u{1}ACTION no end")?.text == "no end")
        #expect(try Self.message("\u{1}ACTION \u{1}")?.text.isEmpty == true)
        #expect(try Self.message("\u{1}ACTION \u{301}x\u{1}")?.text == "\u{301}x")
    }

    @Test func `finds emotes by code points, whatever their letters weigh`() throws {
        let message = try Self.message("é \u{1F600}\u{1F600} Kappa 日 LUL", tags: ["emotes": "25:5-9/425618:13-15"])
        #expect(Self.marked(message, .emote) == ["Kappa", "LUL"])
        let decomposed = try Self.message("e\u{301} Kappa", tags: ["emotes": "25:3-7"])
        #expect(Self.marked(decomposed, .emote) == ["Kappa"])
    }

    @Test(arguments: [
        "25:0-99999", "25:5-4", "25:x-y", "25:-1-3", "25", ":", "25:0", "25:0-4-5", "25:999999999999999999999-3",
        "/,:-",
        "25:3-5",
    ])
    func `takes no emote beyond the text`(emotes: String) throws {
        #expect(try Self.message("hello", tags: ["emotes": emotes])?.marks == [])
    }

    @Test func `has marks in order and without overlaps`() throws {
        let message = try Self.message("a @bob Kappa Kappa", tags: ["emotes": "1:13-17,7-11/2:9-15/3:3-5"])
        #expect(Self.marked(message, .emote) == ["bob", "Kappa", "Kappa"])
        #expect(Self.marked(message, .mention) == [], "it overlaps an emote")
    }

    @Test(arguments: [
        ("@bob", ["@bob"]), ("hey @Bob_1, @x!", ["@Bob_1", "@x"]), ("mail@bob.com", []), ("@", []), ("@ bob", []),
        ("@@bob", ["@bob"]), ("é@bob", ["@bob"]), ("@a@b", ["@a"]), ("@bobé", ["@bob"]),
        ("@" + String(repeating: "a", count: 25), ["@" + String(repeating: "a", count: 25)]),
        ("@" + String(repeating: "a", count: 26), []),
    ])
    func `finds who is mentioned`(text: String, mentions: [String]) throws {
        #expect(Self.marked(try Self.message(text), .mention) == mentions)
    }

    /// `BOTCONTROL_CHAT_LOG` names a file of lines of a real chat.
    static let recording = ProcessInfo.processInfo.environment["BOTCONTROL_CHAT_LOG"]

    @Test(.enabled(if: Self.recording != nil))
    func `is read from every line of a real chat`() throws {
        let lines = try String(contentsOfFile: #require(Self.recording), encoding: .utf8).split(separator: "\n")
        #expect(!lines.isEmpty)
        for text in lines {
            let line = try IRCLine(parsing: String(text))
            guard line.command == "PRIVMSG" else { continue }
            let message = try #require(ChatMessage(irc: line, account: Self.account), "\(text)")
            let emotes = Self.marked(message, .emote)
            for emote in emotes { #expect(!emote.isEmpty && !emote.contains(" "), "\(text)") }
            #expect(emotes.count == line.tag("emotes")?.split { ",/".contains($0) }.count, "\(text)")
        }
    }
}
