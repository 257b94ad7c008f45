import Foundation
import Platforms
import TestTools
import Testing

@Suite("A line of IRC")
struct IRCLineTests {
    @Test func `has tags, a prefix, a command and parameters`() throws {
        let line = try IRCLine(parsing: "@id=1;color=;mod :bob!b@host PRIVMSG #room :hello : there\r\n")
        #expect(line.command == "PRIVMSG")
        #expect(line.parameters == ["#room", "hello : there"])
        #expect(line.prefix == "bob!b@host")
        #expect(line.nick == "bob")
        #expect(line.tag("id") == "1")
        #expect(line.tag("color")?.isEmpty == true)
        #expect(line.tag("mod")?.isEmpty == true)
        #expect(line.tag("i") == nil)
    }

    @Test(arguments: [
        ("PING", "PING", [String]()), ("PING\n", "PING", []), ("ping :", "PING", [""]),
        (":tmi.twitch.tv 001 bot :Welcome", "001", ["bot", "Welcome"]),
        ("PRIVMSG #room word", "PRIVMSG", ["#room", "word"]),
        ("  CAP   *  ACK   :a  b ", "CAP", ["*", "ACK", "a  b "]),
    ])
    func `may be as short as a word`(text: String, command: String, parameters: [String]) throws {
        let line = try IRCLine(parsing: text)
        #expect(line.command == command)
        #expect(line.parameters == parameters)
    }

    @Test func `is no user's when a server speaks`() throws {
        #expect(try IRCLine(parsing: ":tmi.twitch.tv 001 bot").nick == nil)
    }

    @Test(arguments: [
        (#"a\:b"#, "a;b"), (#"a\sb"#, "a b"), (#"a\\sb"#, #"a\sb"#), (#"\r\n"#, "\r\n"), (#"a\"#, "a"),
        (#"\x\y"#, "xy"), (#"=="#, "=="), (#"\\\\"#, #"\\"#), ("é\\sß", "é ß"),
    ])
    func `escapes what may not stand in a tag`(value: String, meaning: String) throws {
        #expect(try IRCLine(parsing: "@k=\(value) PING").tag("k") == meaning)
    }

    @Test func `means the last of two tags of one name`() throws {
        #expect(try IRCLine(parsing: "@k=1;k=2 PING").tag("k") == "2")
    }

    @Test(arguments: [
        "", "\r\n", " ", "@", "@ PING", "@a=1", "@a=1 ", "@=1 PING", "@a=1; PING", ":", ": PING", ":server",
        ":server ", "12 x", "1234", "PR1VMSG #a :b", "PING\rPONG", "PING\nPONG", "PING\u{0}", "#room :hello",
        "PING\r\r\n",
    ])
    func `is refused when it is broken`(text: String) {
        #expect(throws: IRCLine.Malformed.self) { try IRCLine(parsing: text) }
    }

    @Test func `is refused when it is too long, has too many parts, or is no UTF-8`() throws {
        _ = try IRCLine(parsing: "PING :" + String(repeating: "a", count: IRCLine.sizeBytesMax - 6))
        #expect(throws: IRCLine.Malformed.self) {
            try IRCLine(parsing: "PING :" + String(repeating: "a", count: IRCLine.sizeBytesMax - 5))
        }
        #expect(throws: IRCLine.Malformed.self) {
            try IRCLine(parsing: "@" + String(repeating: "a=1;", count: 128) + "a=1 PING")
        }
        #expect(throws: IRCLine.Malformed.self) { try IRCLine(parsing: "C" + String(repeating: " p", count: 16)) }
        #expect(throws: IRCLine.Malformed.self) { try IRCLine(bytes: Array("PING :".utf8) + [0xC3, 0x28]) }
    }

    @Test func `says at which byte it is broken`() {
        #expect(throws: IRCLine.Malformed(offset: 4, reason: "NUL, CR or LF within the line")) {
            try IRCLine(parsing: "PING\nPONG")
        }
    }

    @Test(arguments: 0..<20)
    func `never ends the process, however it is damaged`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sample = Array("@a=b\\s;c=;emotes=25:0-4 :n!u@h PRIVMSG #r :\u{1}ACTION hi \u{1F600} @you\u{1}\r\n".utf8)
        for _ in 0..<500 {
            var bytes = sample
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let line = try? IRCLine(bytes: bytes) else { continue }
            #expect(!line.command.isEmpty, "seed \(seed): \(bytes)")
            _ = (line.parameters, line.nick, line.tag("a"), line.tag("emotes"))
        }
    }
}
