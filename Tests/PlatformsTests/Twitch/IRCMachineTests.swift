import Domain
import TestTools
import Testing

@testable import Platforms

@Suite("An IRC connection")
struct IRCMachineTests {
    typealias Bench = MachineBench<IRCMachine>

    static let url = "ircs://irc.example:6697"
    static let bot = TwitchCredentials(clientID: "client-id", token: "tok", userID: "1", login: "LumioBot")

    static func channel(_ id: String) -> ChatChannel {
        ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: id)
    }

    static func bench(_ logins: String..., bot: TwitchCredentials = bot) -> Bench {
        var bench = Bench(IRCMachine(url: url, bot: bot, rest: ReconnectRest { 0 }))
        for login in logins { bench.feed(.joined(channel("id-" + login), login: login)) }
        return bench
    }

    static func socket(_ number: Int) -> SocketID { SocketID(number: number) }

    static func line(_ text: String, _ number: Int = 1) -> ChatInput<Never, Void> { .text(socket(number), text) }

    static func send(_ text: String, _ number: Int = 1) -> ChatOrder<Never> { .send(socket(number), Secret(text)) }

    /// Logged in and in one room.
    static func live() -> Bench {
        var bench = bench("acme")
        bench.feed(.opened(socket(1)))
        bench.feed(line(":tmi.twitch.tv 001 lumiobot :Welcome"))
        bench.feed(line(":lumiobot!lumiobot@lumiobot.tmi.twitch.tv JOIN #acme"))
        _ = bench.takeEvents()
        return bench
    }

    static func say(_ text: String, in room: String = "acme", id: String = "id-acme") -> ChatInput<Never, Void> {
        line("@id=m;room-id=\(id);user-id=9;tmi-sent-ts=1700000000000 :bob!b@b PRIVMSG #\(room) :\(text)")
    }

    @Test func `logs in, joins, and lives from then on`() {
        var bench = Self.bench("Acme")
        #expect(
            bench.feed(.opened(Self.socket(1))) == [
                Self.send("CAP REQ :twitch.tv/tags twitch.tv/commands"), Self.send("PASS oauth:tok"),
                Self.send("NICK lumiobot"),
            ])
        #expect(bench.feed(Self.line(":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands")) == [])
        #expect(bench.feed(Self.line(":tmi.twitch.tv 001 lumiobot :Welcome")) == [Self.send("JOIN #acme")])
        bench.feed(Self.line(":other!other@other JOIN #acme"))
        #expect(bench.takeEvents() == [])
        bench.feed(Self.line(":lumiobot!lumiobot@lumiobot.tmi.twitch.tv JOIN #acme"))
        #expect(bench.takeEvents() == [.alive(Self.channel("id-Acme"), at: bench.now.wall)])
    }

    @Test func `hands over what is said in its rooms, and in no others`() {
        var bench = Self.live()
        bench.feed(Self.say("hi"))
        bench.feed(Self.say("elsewhere", in: "other"))
        bench.feed(Self.say("another id", id: "id-other"))
        bench.feed(Self.line("PRIVMSG #acme :no tags"))
        let texts = bench.takeEvents().compactMap { if case .message(let message) = $0 { message.text } else { nil } }
        #expect(texts == ["hi"])
    }

    @Test func `answers pings`() {
        var bench = Self.live()
        #expect(bench.feed(Self.line("PING :tmi.twitch.tv")) == [Self.send("PONG :tmi.twitch.tv")])
        #expect(bench.feed(Self.line("PING")) == [Self.send("PONG :")])
    }

    @Test func `asks a silent other side whether it is there, and gives it up`() {
        var bench = Self.live()
        #expect(bench.wait(.seconds(15)) == [Self.send("PING :alive")])
        bench.feed(Self.line(":tmi.twitch.tv PONG tmi.twitch.tv :alive"))
        #expect(bench.takeEvents() == [.alive(Self.channel("id-acme"), at: bench.now.wall)])
        #expect(bench.wait(.seconds(15)) == [Self.send("PING :alive")])
        #expect(bench.wait(.milliseconds(9999)) == [])
        #expect(bench.wait(.milliseconds(1)) == [.close(Self.socket(1))])
        #expect(bench.takeEvents() == [.lost(Self.channel("id-acme"), reason: "nothing was heard for 25.0 seconds")])
        #expect(bench.wait(.milliseconds(500)) == [.connect(Self.socket(2), url: Self.url)])
    }

    @Test func `joins no faster than Twitch allows, reconnects included`() {
        var bench = Self.bench()
        for number in 0..<50 { bench.feed(.joined(Self.channel("\(number)"), login: "room\(number)")) }
        bench.feed(.opened(Self.socket(1)))
        #expect(bench.feed(Self.line(":tmi.twitch.tv 001 lumiobot :Welcome")).count == 20)
        for number in 0..<20 { bench.feed(Self.line(":lumiobot!l@l JOIN #room\(number)")) }
        #expect(bench.wait(.seconds(10)) == [])
        #expect(bench.wait(.milliseconds(500)).count == 20)
        bench.feed(.closed(Self.socket(1), SocketClosing(reason: "x")))
        bench.wait(.seconds(1))
        bench.feed(.opened(Self.socket(2)))
        #expect(bench.feed(Self.line(":tmi.twitch.tv 001 lumiobot :Welcome", 2)) == [])
        #expect(bench.wait(.milliseconds(9500)).count == 20)
    }

    @Test func `moves at once when Twitch asks`() {
        var bench = Self.live()
        let orders = bench.feed(Self.line(":tmi.twitch.tv RECONNECT"))
        #expect(orders == [.close(Self.socket(1)), .connect(Self.socket(2), url: Self.url)])
        #expect(bench.takeEvents() == [.lost(Self.channel("id-acme"), reason: "Twitch asked to connect again")])
        #expect(bench.feed(.closed(Self.socket(1), SocketClosing(reason: "x"))) == [])
    }

    @Test(arguments: [
        "Login authentication failed", "Improperly formatted auth", "Login unsuccessful", "Invalid NICK",
    ])
    func `is refused with its credentials, and tries much later`(notice: String) {
        var bench = Self.bench("acme")
        bench.feed(.opened(Self.socket(1)))
        #expect(bench.feed(Self.line(":tmi.twitch.tv NOTICE * :\(notice)")) == [.close(Self.socket(1))])
        #expect(bench.takeEvents() == [.refused(Self.channel("id-acme"), reason: notice)])
        #expect(bench.wait(.seconds(299)) == [])
        #expect(bench.wait(.seconds(1)) == [.connect(Self.socket(2), url: Self.url)])
    }

    @Test(arguments: [("lumiobot", "tok\r\nJOIN #x"), ("lumio bot", "tok"), ("lumiobot", ""), ("bot\r\nQUIT", "tok")])
    func `sends no credentials that hold another command`(login: String, token: String) {
        let bot = TwitchCredentials(clientID: "client-id", token: token, userID: "1", login: login)
        var bench = Self.bench("acme", bot: bot)
        let orders = bench.feed(.opened(Self.socket(1)))
        if token.isEmpty { return #expect(orders.count == 3, "an empty token is Twitch's to refuse") }
        #expect(orders == [.close(Self.socket(1))])
    }

    @Test(arguments: ["", "a b", "a,#b", "a\r\nQUIT", "ä", String(repeating: "a", count: 26)])
    func `joins no room whose name is none`(login: String) {
        var bench = Self.live()
        #expect(bench.feed(.joined(Self.channel("x"), login: login)) == [])
        #expect(bench.takeEvents() == [.refused(Self.channel("x"), reason: "the room has no valid login")])
    }

    @Test func `tells which rooms it may not enter, and which do not answer`() {
        var bench = Self.live()
        bench.feed(.joined(Self.channel("1"), login: "banned"))
        bench.feed(.joined(Self.channel("2"), login: "nowhere"))
        bench.feed(Self.line("@msg-id=msg_banned :tmi.twitch.tv NOTICE #banned :You are banned"))
        bench.feed(Self.line("@msg-id=slow_on :tmi.twitch.tv NOTICE #acme :Slow"))
        #expect(bench.takeEvents().last == .refused(Self.channel("1"), reason: "msg_banned: You are banned"))
        #expect(bench.wait(.seconds(15)) == [Self.send("PING :alive")])
        #expect(bench.takeEvents() == [.lost(Self.channel("2"), reason: "no answer to JOIN #nowhere")])
        var orders: [ChatOrder<Never>] = []
        for _ in 0..<6 {
            bench.feed(Self.line(":tmi.twitch.tv PONG tmi.twitch.tv"))
            orders += bench.wait(.seconds(10))
        }
        #expect(orders == [Self.send("JOIN #nowhere")])
    }

    @Test func `joins and leaves while it is open`() {
        var bench = Self.live()
        #expect(bench.feed(.joined(Self.channel("2"), login: "second")) == [Self.send("JOIN #second")])
        #expect(bench.feed(.left(channelID: "2")) == [Self.send("PART #second")])
        #expect(
            bench.feed(.joined(Self.channel("id-acme"), login: "renamed")) == [
                Self.send("PART #acme"), Self.send("JOIN #renamed"),
            ])
        #expect(bench.feed(.left(channelID: "id-acme")) == [.close(Self.socket(1))])
        #expect(bench.machine.deadline == nil)
    }

    @Test func `comes back to a room that it was taken out of`() {
        var bench = Self.live()
        bench.feed(Self.line(":lumiobot!l@l PART #acme"))
        #expect(
            bench.takeEvents().last == .lost(Self.channel("id-acme"), reason: "Twitch took the bot out of the room"))
    }

    @Test func `goes nowhere without tags`() {
        var bench = Self.bench("acme")
        bench.feed(.opened(Self.socket(1)))
        #expect(bench.feed(Self.line(":tmi.twitch.tv CAP * NAK :twitch.tv/tags")) == [.close(Self.socket(1))])
        #expect(bench.takeEvents() == [.lost(Self.channel("id-acme"), reason: "Twitch gives no tags")])
    }

    @Test func `waits no longer for a login than for a login`() {
        var bench = Self.bench("acme")
        #expect(bench.wait(.seconds(15)) == [.close(Self.socket(1))])
        #expect(bench.takeEvents() == [.lost(Self.channel("id-acme"), reason: "no login within 15.0 seconds")])
    }

    @Test(arguments: 0..<10)
    func `never ends the process, whatever it hears`(seed: UInt64) {
        var random = SeededRandom(seed: seed), bench = Self.live()
        let words = [
            "PING", "JOIN", "#acme", ":", "NOTICE", "*", "@msg-id=msg_banned", "CAP", "001", "RECONNECT", "PART",
            "\u{0}",
        ]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0..<6, using: &random)).map { _ in words.randomElement(using: &random) ?? ""
            }
            let socket = bench.machine.socket ?? Self.socket(1)
            bench.feed(.text(socket, text.joined(separator: " ")))
            if Int.random(in: 0..<20, using: &random) == 0 { bench.wait(.seconds(7)) }
        }
        #expect(bench.machine.rooms.count == 1, "seed \(seed)")
    }
}
