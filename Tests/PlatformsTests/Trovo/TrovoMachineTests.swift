import Domain
import Testing

@testable import Platforms

@Suite("The connections to Trovo's chat")
struct TrovoMachineTests {
    typealias Order = ChatOrder<TrovoMachine.Call>

    static let room = ChatChannel(platform: .trovo, accountID: AccountID(stored: "acme"), id: "7")

    static func chat(_ id: String, at seconds: Int, kind: Int = 0) -> String {
        let entry: JSON = [
            "type": .integer(kind), "content": .string(id), "nick_name": "bob", "message_id": .string(id),
            "sender_id": 9, "uid": 9, "user_name": "bob", "send_time": .integer(seconds),
        ]
        return JSON.object([.init("type", "CHAT"), .init("data", ["chats": [entry]])]).text
    }

    /// One that has entered room 7, by socket 2.
    static func open() -> MachineBench<TrovoMachine> {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1", rest: ReconnectRest(random: { 0 })))
        bench.feed(.joined(room, login: ""))
        bench.feed(.answered(.init(channelID: "7", number: 1), .token(Secret("t"))))
        bench.feed(.opened(SocketID(number: 2)))
        bench.feed(.text(SocketID(number: 2), #"{"type":"RESPONSE","nonce":"auth"}"#))
        return bench
    }

    static func texts(_ bench: inout MachineBench<TrovoMachine>) -> [String] {
        bench.takeEvents().compactMap { if case .message(let message) = $0 { message.text } else { nil } }
    }

    @Test func `asks for a token, says who it is, and hears`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1"))
        #expect(bench.feed(.joined(Self.room, login: "")) == [.call(.init(channelID: "7", number: 1))])
        let answer = TrovoMachine.Answer.token(Secret("t"))
        #expect(
            bench.feed(.answered(.init(channelID: "7", number: 1), answer))
                == [.connect(SocketID(number: 2), url: "u")])
        #expect(
            bench.feed(.opened(SocketID(number: 2)))
                == [.send(SocketID(number: 2), Secret(#"{"type":"AUTH","nonce":"auth","data":{"token":"t"}}"#))])
        #expect(bench.events.isEmpty)
        bench.feed(.text(SocketID(number: 2), #"{"type":"RESPONSE","nonce":"auth"}"#))
        #expect(bench.takeEvents() == [.alive(Self.room, at: bench.now.wall)])
    }

    @Test func `takes nothing for new that was said before it came`() {
        var bench = Self.open()
        let now = bench.now.wall.microseconds / 1_000_000
        for (id, seconds) in [("old", now - 60), ("just before", now), ("ahead", now + 1)] {
            bench.feed(.text(SocketID(number: 2), Self.chat(id, at: seconds)))
        }
        // Once its history has come, clocks that differ a little lose nothing.
        #expect(Self.texts(&bench) == ["just before", "ahead"])
        bench.wait(.seconds(6))
        bench.feed(.text(SocketID(number: 2), Self.chat("late", at: now - 600)))
        #expect(Self.texts(&bench) == ["late"])
    }

    @Test func `hears after a break what was said meanwhile, once`() {
        var bench = Self.open()
        let now = bench.now.wall.microseconds / 1_000_000
        bench.wait(.seconds(6))
        bench.feed(.text(SocketID(number: 2), Self.chat("a", at: now + 6)))
        bench.feed(.closed(SocketID(number: 2), SocketClosing(reason: "gone")))
        #expect(Self.texts(&bench) == ["a"])
        bench.wait(.seconds(2))
        bench.feed(.answered(.init(channelID: "7", number: 3), .token(Secret("t"))))
        bench.feed(.opened(SocketID(number: 4)))
        bench.feed(.text(SocketID(number: 4), #"{"type":"RESPONSE","nonce":"auth"}"#))
        for (id, seconds) in [("before", now), ("a", now + 6), ("missed", now + 7)] {
            bench.feed(.text(SocketID(number: 4), Self.chat(id, at: seconds)))
        }
        #expect(Self.texts(&bench) == ["missed"])
    }

    @Test func `says PING as often as it is told, and hangs up when nobody answers`() {
        var bench = Self.open()
        let ping = Order.send(SocketID(number: 2), Secret(#"{"type":"PING","nonce":"ping"}"#))
        #expect(bench.wait(.seconds(29)) == [])
        #expect(bench.wait(.seconds(1)) == [ping])
        bench.feed(.text(SocketID(number: 2), #"{"type":"PONG","nonce":"ping","data":{"gap":12}}"#))
        #expect(bench.wait(.seconds(12)) == [ping])
        _ = bench.takeEvents()
        #expect(bench.wait(.seconds(10)).first == .close(SocketID(number: 2)))
        #expect(bench.takeEvents() == [.lost(Self.room, reason: "no PONG within 10.0 seconds")])
    }

    @Test func `rests longer after each failure, and comes back`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1", rest: ReconnectRest(random: { 0 })))
        bench.feed(.joined(Self.room, login: ""))
        var number = 1
        for seconds in [0.5, 1, 2, 4, 8, 16, 30, 30] {
            bench.feed(.answered(.init(channelID: "7", number: number), .failed("down", retryAfter: nil)))
            #expect(bench.wait(.seconds(seconds) - .milliseconds(1)) == [])
            number += 1
            #expect(bench.wait(.milliseconds(1)) == [.call(.init(channelID: "7", number: number))])
        }
    }

    @Test func `waits for as long as a limit says`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1"))
        bench.feed(.joined(Self.room, login: ""))
        bench.feed(.answered(.init(channelID: "7", number: 1), .failed("slow", retryAfter: .seconds(90))))
        #expect(bench.wait(.seconds(89)) == [])
        #expect(bench.wait(.seconds(1)) == [.call(.init(channelID: "7", number: 2))])
    }

    @Test func `does not knock at every door at once`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1"))
        var asked = 0
        for number in 1...100 {
            let room = ChatChannel(platform: .trovo, accountID: AccountID(stored: "a\(number)"), id: "\(number)")
            asked += bench.feed(.joined(room, login: "")).count
        }
        #expect(asked == TrovoMachine.underWayMax)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"type":7}"#, #"{"type":"CHAT"}"#, #"{"type":"CHAT","data":{"chats":7}}"#,
        #"{"type":"CHAT","data":{"chats":[{"type":0,"send_time":1e99}]}}"#, "\u{0}",
        #"{"type":"PONG","data":{"gap":-1}}"#,
    ])
    func `lives through what makes no sense`(text: String) {
        var bench = Self.open()
        _ = bench.takeEvents()
        #expect(bench.feed(.text(SocketID(number: 2), text)) == [])
        #expect(Self.texts(&bench) == [])
    }

    @Test func `says the wrong door when AUTH is refused, and asks for another token`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1", rest: ReconnectRest(random: { 0 })))
        bench.feed(.joined(Self.room, login: ""))
        bench.feed(.answered(.init(channelID: "7", number: 1), .token(Secret("t"))))
        bench.feed(.opened(SocketID(number: 2)))
        let orders = bench.feed(
            .text(SocketID(number: 2), #"{"type":"RESPONSE","nonce":"auth","error":"invalid token"}"#))
        #expect(orders == [.close(SocketID(number: 2))])
        #expect(bench.takeEvents() == [.lost(Self.room, reason: "AUTH was refused: invalid token")])
        #expect(bench.wait(.seconds(1)) == [.call(.init(channelID: "7", number: 3))])
    }
}
