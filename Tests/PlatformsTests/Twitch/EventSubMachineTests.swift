import Domain
import Testing

@testable import Platforms

@Suite("An EventSub connection")
struct EventSubMachineTests {
    typealias Bench = MachineBench<EventSubMachine>
    typealias Order = ChatOrder<EventSubRequest>

    static let url = "wss://eventsub.example/ws"

    static func channel(_ id: String) -> ChatChannel {
        ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: id)
    }

    static func bench(_ channels: String...) -> Bench {
        var bench = Bench(EventSubMachine(url: url, bot: "1", rest: ReconnectRest { 0 }))
        for id in channels { bench.feed(.joined(channel(id), login: "")) }
        return bench
    }

    static func socket(_ number: Int) -> SocketID { SocketID(number: number) }

    static func envelope(
        _ kind: String, _ payload: JSON = [:], id: String = "e", at moment: Timestamp = .init("2023-11-14T22:13:20Z")!
    ) -> String {
        let metadata: JSON = [
            "message_id": .string(id), "message_type": .string(kind),
            "message_timestamp": .string(moment.description), "subscription_type": "channel.chat.message",
        ]
        return JSON.object([JSON.Member("metadata", metadata), JSON.Member("payload", payload)]).text
    }

    static func welcome(_ session: String = "s1", keepalive: JSON = 10) -> String {
        envelope("session_welcome", ["session": ["id": .string(session), "keepalive_timeout_seconds": keepalive]])
    }

    static func chat(_ text: String, id: String, in channel: String = "7", at moment: Timestamp) -> String {
        let event: JSON = [
            "broadcaster_user_id": .string(channel), "chatter_user_id": "9", "chatter_user_login": "bob",
            "chatter_user_name": "Bob", "message_id": .string("m-" + id), "message": ["text": .string(text)],
        ]
        return envelope("notification", ["event": event], id: id, at: moment)
    }

    static func subscribe(_ id: String, _ session: String = "s1") -> EventSubRequest {
        .subscribe(channel(id), session: session)
    }

    /// Connected, welcomed and subscribed to one channel.
    static func live() -> Bench {
        var bench = bench("7")
        bench.feed(.text(socket(1), welcome()))
        bench.feed(.answered(subscribe("7"), .subscribed(id: "sub7")))
        _ = bench.takeEvents()
        return bench
    }

    @Test func `is not opened for nobody`() {
        var bench = Self.bench()
        #expect(bench.machine.deadline == nil)
        #expect(bench.feed(.woken) == [])
        #expect(bench.feed(.joined(Self.channel("7"), login: "")) == [.connect(Self.socket(1), url: Self.url)])
    }

    @Test func `is subscribed after its welcome, and lives from then on`() {
        var bench = Self.bench("7")
        #expect(bench.feed(.opened(Self.socket(1))) == [])
        #expect(bench.feed(.text(Self.socket(1), Self.welcome())) == [.call(Self.subscribe("7"))])
        #expect(bench.takeEvents() == [])
        #expect(bench.feed(.answered(Self.subscribe("7"), .subscribed(id: "x"))) == [])
        #expect(bench.takeEvents() == [.alive(Self.channel("7"), at: bench.now.wall)])
    }

    @Test func `is given up without a welcome`() {
        var bench = Self.bench("7")
        bench.feed(.opened(Self.socket(1)))
        #expect(bench.wait(.seconds(9)) == [])
        #expect(bench.wait(.seconds(1)) == [.close(Self.socket(1))])
        #expect(bench.takeEvents() == [.lost(Self.channel("7"), reason: "no welcome within 10.0 seconds")])
    }

    @Test func `rests longer after each failure, and forgets them when it is heard again`() {
        var bench = Self.bench("7")
        for (number, rest) in [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].enumerated() {
            bench.feed(.closed(Self.socket(number + 1), SocketClosing(reason: "broke")))
            #expect(bench.wait(.milliseconds(rest - 1)) == [])
            #expect(bench.wait(.milliseconds(1)) == [.connect(Self.socket(number + 2), url: Self.url)])
        }
        bench.feed(.text(Self.socket(9), Self.welcome()))
        bench.feed(.text(Self.socket(9), Self.envelope("session_keepalive")))
        bench.feed(.closed(Self.socket(9), SocketClosing(code: 4000, reason: "x")))
        #expect(bench.wait(.milliseconds(500)) == [.connect(Self.socket(10), url: Self.url)])
    }

    @Test func `is dead when it says nothing for longer than its keepalive`() {
        var bench = Self.live()
        #expect(bench.wait(.seconds(11)) == [])
        bench.feed(.text(Self.socket(1), Self.envelope("session_keepalive")))
        #expect(bench.takeEvents() == [.alive(Self.channel("7"), at: bench.now.wall)])
        #expect(bench.wait(.milliseconds(11_999)) == [])
        #expect(bench.wait(.milliseconds(1)) == [.close(Self.socket(1))])
        #expect(bench.takeEvents() == [.lost(Self.channel("7"), reason: "nothing was heard for 10.0 seconds")])
        #expect(bench.wait(.milliseconds(500)) == [.connect(Self.socket(2), url: Self.url)])
        #expect(bench.feed(.text(Self.socket(2), Self.welcome("s2"))) == [.call(Self.subscribe("7", "s2"))])
    }

    @Test func `says that all its channels live when one is heard, but not with every message`() {
        var bench = Self.bench("7", "8")
        bench.feed(.text(Self.socket(1), Self.welcome()))
        for id in ["7", "8"] { bench.feed(.answered(Self.subscribe(id), .subscribed(id: id))) }
        _ = bench.takeEvents()
        func alive(_ events: [ChatEvent]) -> Int { events.count { if case .alive = $0 { true } else { false } } }
        bench.feed(.text(Self.socket(1), Self.chat("a", id: "1", at: bench.now.wall)))
        #expect(alive(bench.takeEvents()) == 2)
        for id in 2..<50 { bench.feed(.text(Self.socket(1), Self.chat("a", id: "\(id)", at: bench.now.wall))) }
        #expect(alive(bench.takeEvents()) == 0)
        bench.wait(.seconds(5))
        bench.feed(.text(Self.socket(1), "rubbish"))
        #expect(alive(bench.takeEvents()) == 2)
    }

    @Test func `hands a message over once, however often it comes`() {
        var bench = Self.live()
        let text = Self.chat("hi", id: "1", at: bench.now.wall)
        for _ in 0..<3 { bench.feed(.text(Self.socket(1), text)) }
        #expect(bench.takeEvents().count { if case .message = $0 { true } else { false } } == 1)
    }

    @Test func `remembers so many messages and no more`() {
        var recent = RecentIDs(countMax: 3)
        var isNew: [Bool] = []
        for id in ["a", "b", "c", "a", "d", "e", "c", "d", "a", "a"] { isNew.append(recent.insert(id)) }
        #expect(isNew == [true, true, true, false, true, true, false, false, true, false])
    }

    @Test func `hands nothing over that is older than ten minutes, of another channel, or no message`() {
        var bench = Self.live()
        bench.feed(.text(Self.socket(1), Self.envelope("session_keepalive")))
        _ = bench.takeEvents()
        bench.feed(.text(Self.socket(1), Self.chat("old", id: "1", at: bench.now.wall.adding(seconds: -601))))
        bench.feed(.text(Self.socket(1), Self.chat("other", id: "2", in: "8", at: bench.now.wall)))
        bench.feed(
            .text(Self.socket(1), Self.envelope("notification", ["event": ["broadcaster_user_id": "7"]], id: "3")))
        bench.feed(.text(Self.socket(2), Self.chat("stranger", id: "4", at: bench.now.wall)))
        for text in ["", "{", "[]", "{}", "{\"metadata\":{}}", Self.envelope("session_dance"), "\u{0}"] {
            bench.feed(.text(Self.socket(1), text))
        }
        #expect(bench.takeEvents() == [])
        bench.feed(.text(Self.socket(1), Self.chat("late", id: "5", at: bench.now.wall.adding(seconds: -599))))
        #expect(bench.takeEvents().count == 1)
    }

    @Test(arguments: [4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 1000, 1006])
    func `is made again with all its subscriptions after any end`(code: Int) {
        var bench = Self.live()
        bench.feed(.closed(Self.socket(1), SocketClosing(code: code, reason: "closed with \(code)")))
        #expect(bench.takeEvents() == [.lost(Self.channel("7"), reason: "closed with \(code)")])
        #expect(bench.wait(.seconds(1)) == [.connect(Self.socket(2), url: Self.url)])
        #expect(bench.feed(.text(Self.socket(2), Self.welcome("s2"))) == [.call(Self.subscribe("7", "s2"))])
    }

    @Test func `takes no notice of the end of an old socket`() {
        var bench = Self.live()
        bench.feed(.closed(Self.socket(1), SocketClosing(reason: "x")))
        bench.wait(.seconds(1))
        _ = bench.takeEvents()
        #expect(bench.feed(.closed(Self.socket(1), SocketClosing(reason: "again"))) == [])
        #expect(bench.feed(.text(Self.socket(1), Self.welcome())) == [])
        #expect(bench.takeEvents() == [])
    }
}
