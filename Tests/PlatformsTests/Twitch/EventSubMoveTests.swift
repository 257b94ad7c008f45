import Domain
import Testing

@testable import Platforms

@Suite("An EventSub connection that Twitch asks to move")
struct EventSubMoveTests {
    typealias Tests = EventSubMachineTests

    static let there = "wss://elsewhere.example/ws?id=1"

    static func reconnect(_ url: String = there) -> String {
        Tests.envelope("session_reconnect", ["session": ["id": "s1", "reconnect_url": .string(url)]])
    }

    static func asked() -> Tests.Bench {
        var bench = Tests.live()
        let orders = bench.feed(.text(Tests.socket(1), reconnect()))
        #expect(orders == [.connect(Tests.socket(2), url: there)])
        _ = bench.takeEvents()
        return bench
    }

    @Test func `waits for the welcome of the new one, closes the old one, and subscribes to nothing`() {
        var bench = Self.asked()
        bench.feed(.text(Tests.socket(1), Tests.chat("still here", id: "1", at: bench.now.wall)))
        #expect(bench.takeEvents().count == 1)
        #expect(bench.feed(.text(Tests.socket(2), Tests.welcome("s2"))) == [])
        bench.feed(.text(Tests.socket(1), Tests.chat("late", id: "2", at: bench.now.wall)))
        #expect(bench.wait(.milliseconds(999)) == [])
        #expect(bench.wait(.milliseconds(1)) == [.close(Tests.socket(1))])
        bench.feed(.closed(Tests.socket(1), SocketClosing(reason: "x")))
        bench.feed(.text(Tests.socket(2), Tests.chat("moved", id: "3", at: bench.now.wall)))
        let texts = bench.takeEvents().compactMap { if case .message(let message) = $0 { message.text } else { nil } }
        #expect(texts == ["late", "moved"])
        #expect(bench.wait(.seconds(11)) == [])
    }

    @Test func `closes the old one with the new one, when that ends early or nobody is wanted any more`() {
        var bench = Self.asked()
        bench.feed(.text(Tests.socket(2), Tests.welcome("s2")))
        #expect(bench.feed(.closed(Tests.socket(2), SocketClosing(reason: "x"))) == [.close(Tests.socket(1))])
        #expect(bench.takeEvents() == [.lost(Tests.channel("7"), reason: "x")])
        var idle = Self.asked()
        idle.feed(.text(Tests.socket(2), Tests.welcome("s2")))
        #expect(idle.feed(.left(channelID: "7")).suffix(2) == [.close(Tests.socket(2)), .close(Tests.socket(1))])
        var again = Self.asked()
        again.feed(.text(Tests.socket(2), Tests.welcome("s2")))
        again.feed(.text(Tests.socket(2), Self.reconnect()))
        #expect(again.feed(.text(Tests.socket(3), Tests.welcome("s3"))) == [.close(Tests.socket(1))])
        #expect(again.wait(.seconds(1)) == [.close(Tests.socket(2))])
    }

    @Test func `subscribes in the new one's name from then on`() {
        var bench = Self.asked()
        #expect(bench.feed(.joined(Tests.channel("8"), login: "")) == [.call(Tests.subscribe("8", "s1"))])
        bench.feed(.text(Tests.socket(2), Tests.welcome("s2", keepalive: .null)))
        bench.feed(.answered(Tests.subscribe("8", "s1"), .failed(retryAfter: .seconds(1))))
        #expect(bench.wait(.seconds(1)) == [.close(Tests.socket(1)), .call(Tests.subscribe("8", "s2"))])
    }

    @Test func `goes over even when the old one has ended meanwhile`() {
        var bench = Self.asked()
        bench.feed(.closed(Tests.socket(1), SocketClosing(code: 4004, reason: "x")))
        #expect(bench.takeEvents() == [])
        #expect(bench.feed(.text(Tests.socket(2), Tests.welcome("s2"))) == [])
        bench.feed(.text(Tests.socket(2), Tests.chat("moved", id: "3", at: bench.now.wall)))
        #expect(bench.takeEvents().contains { if case .message = $0 { true } else { false } })
    }

    @Test func `stays when the new one cannot be had, until the old one ends`() {
        var bench = Self.asked()
        #expect(bench.feed(.closed(Tests.socket(2), SocketClosing(reason: "nobody answers"))) == [])
        #expect(bench.takeEvents() == [])
        bench.feed(.closed(Tests.socket(1), SocketClosing(code: 4004, reason: "too late")))
        #expect(bench.takeEvents() == [.lost(Tests.channel("7"), reason: "too late")])
        #expect(bench.wait(.seconds(1)) == [.connect(Tests.socket(3), url: Tests.url)])
    }

    @Test func `is made anew when both have gone`() {
        var bench = Self.asked()
        bench.feed(.closed(Tests.socket(1), SocketClosing(reason: "old")))
        bench.feed(.closed(Tests.socket(2), SocketClosing(reason: "new")))
        #expect(bench.takeEvents() == [.lost(Tests.channel("7"), reason: "new")])
    }

    @Test func `waits for a welcome no longer than the old one is kept`() {
        var bench = Self.asked()
        for _ in 0..<3 {
            #expect(bench.wait(.seconds(9)) == [])
            bench.feed(.text(Tests.socket(1), Tests.envelope("session_keepalive")))
        }
        #expect(bench.wait(.seconds(3)) == [.close(Tests.socket(2))], "the old one still speaks")
        #expect(bench.wait(.seconds(9)) == [.close(Tests.socket(1))], "and then no more")
        var cut = Self.asked()
        cut.feed(.closed(Tests.socket(1), SocketClosing(reason: "x")))
        #expect(cut.wait(.seconds(29)) == [])
        #expect(cut.wait(.seconds(1)) == [.close(Tests.socket(2))])
    }

    @Test(arguments: ["ws://elsewhere.example/ws", "https://elsewhere.example", "", "::", "wss://", "ircs://a.example"])
    func `goes nowhere that is less safe or is no place`(url: String) {
        var bench = Tests.live()
        #expect(bench.feed(.text(Tests.socket(1), Self.reconnect(url))) == [])
    }

    @Test func `moves to one place at a time`() {
        var bench = Self.asked()
        #expect(bench.feed(.text(Tests.socket(1), Self.reconnect())) == [])
    }
}
