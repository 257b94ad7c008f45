import Domain
import Testing

@testable import Platforms

/// A day and a night of simulated time: whatever goes wrong ends, and nothing piles up.
@Suite("The connections, over long days", .timeLimit(.minutes(2)))
struct LongDaysTests {
    static let account = AccountID(stored: "acme")

    static func lossCount(_ events: [ChatEvent]) -> Int {
        events.count { if case .lost = $0 { true } else { false } }
    }

    static func aliveCount(_ events: [ChatEvent]) -> Int {
        events.count { if case .alive = $0 { true } else { false } }
    }

    // MARK: Trovo

    /// Answers what is asked, as Trovo does while it is well.
    static func serve(
        _ orders: [ChatOrder<TrovoMachine.Call>], _ bench: inout MachineBench<TrovoMachine>, isWell: Bool
    ) -> Int {
        var orders = orders, calls = 0
        while !orders.isEmpty {
            let order = orders.removeFirst()
            switch order {
            case .call(let call):
                calls += 1
                let answer: TrovoMachine.Answer = isWell ? .token(Secret("t")) : .failed("down", retryAfter: nil)
                orders += bench.feed(.answered(call, answer))
            case .connect(let socket, _): orders += bench.feed(.opened(socket))
            case .send(let socket, let text) where text.exposed.contains("AUTH"):
                orders += bench.feed(.text(socket, #"{"type":"RESPONSE","nonce":"auth"}"#))
            case .send(let socket, _):
                orders += bench.feed(.text(socket, #"{"type":"PONG","data":{"gap":30}}"#))
            case .close, .deliver: break
            }
        }
        return calls
    }

    @Test func `of Trovo come back after every break for a day and a night, and keep nothing of the old`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1"))
        for number in 1...20 {
            let room = ChatChannel(platform: .trovo, accountID: Self.account, id: "\(number)")
            _ = Self.serve(bench.feed(.joined(room, login: "")), &bench, isWell: true)
        }
        for minute in 1...(24 * 60) {
            for _ in 0..<4 { _ = Self.serve(bench.wait(.seconds(15)), &bench, isWell: true) }
            if minute % 7 == 0 {
                for room in bench.machine.rooms.values.prefix(5) {
                    guard let socket = room.socket else { continue }
                    _ = Self.serve(
                        bench.feed(.closed(socket, SocketClosing(reason: "gone"))), &bench, isWell: true)
                }
            }
            if minute % 60 == 30 { #expect(bench.machine.rooms.values.count { $0.socket != nil } >= 15) }
        }
        for _ in 0..<10 { _ = Self.serve(bench.wait(.seconds(15)), &bench, isWell: true) }
        #expect(bench.machine.rooms.values.allSatisfy { if case .open = $0.link { true } else { false } })
        #expect(bench.machine.ownerCount == 20)
        #expect(Self.lossCount(bench.takeEvents()) == 24 * 60 / 7 * 5)
    }

    @Test func `of Trovo knock seldom while it is down for an hour, and are back within a minute or so`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1"))
        let room = ChatChannel(platform: .trovo, accountID: Self.account, id: "1")
        var calls = Self.serve(bench.feed(.joined(room, login: "")), &bench, isWell: false)
        for _ in 0..<3600 { calls += Self.serve(bench.wait(.seconds(1)), &bench, isWell: false) }
        #expect((60...140).contains(calls))
        _ = bench.takeEvents()
        for _ in 0..<61 { _ = Self.serve(bench.wait(.seconds(1)), &bench, isWell: true) }
        #expect(Self.aliveCount(bench.takeEvents()) > 0)
    }

    @Test func `of Trovo take five thousand lines a second in two thousand channels`() {
        var bench = MachineBench(TrovoMachine(url: "u", bot: "1"))
        for number in 1...2000 {
            let room = ChatChannel(platform: .trovo, accountID: Self.account, id: "\(number)")
            _ = Self.serve(bench.feed(.joined(room, login: "")), &bench, isWell: true)
        }
        let sockets = bench.machine.rooms.values.compactMap(\.socket)
        #expect(sockets.count == 2000)
        bench.wait(.seconds(6))
        let began = ContinuousClock.now, lines = 20_000
        for number in 0..<lines {
            let socket = sockets[number % sockets.count]
            bench.feed(.text(socket, TrovoMachineTests.chat("m\(number)", at: 1_700_000_100)))
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        print("trovo: \(Int(Double(lines) / seconds)) lines/s in 2000 channels, in this build")
        #expect(seconds < 4)
        #expect(bench.takeEvents().count { if case .message = $0 { true } else { false } } == lines)
    }

    // MARK: Discord

    static func serve(
        _ orders: [ChatOrder<DiscordGatewayCall>], _ bench: inout MachineBench<DiscordMachine>, isWell: Bool,
        _ identifies: inout Int
    ) -> Int {
        var orders = orders, calls = 0
        while !orders.isEmpty {
            switch orders.removeFirst() {
            case .call(let call):
                calls += 1
                let answer: DiscordGatewayAnswer =
                    isWell ? .at(url: "u", remaining: 9, resetAfter: .zero) : .failed("down", retryAfter: nil)
                orders += bench.feed(.answered(call, answer))
            case .connect(let socket, _):
                calls += 1
                guard isWell else {
                    orders += bench.feed(.closed(socket, SocketClosing(reason: "down")))
                    continue
                }
                orders += bench.feed(.text(socket, #"{"op":10,"d":{"heartbeat_interval":41250}}"#))
            case .send(let socket, let text) where text.exposed.contains("\"op\":1,"):
                orders += bench.feed(.text(socket, #"{"op":11}"#))
            case .send(let socket, let text) where text.exposed.contains("\"op\":2,"):
                identifies += 1
                let ready = #"{"op":0,"s":1,"t":"READY","d":{"session_id":"s","resume_gateway_url":"r"}}"#
                let guild = #"{"op":0,"s":2,"t":"GUILD_CREATE","d":{"id":"5","owner_id":"1"}}"#
                orders += bench.feed(.text(socket, ready)) + bench.feed(.text(socket, guild))
            case .send(let socket, _): orders += bench.feed(.text(socket, #"{"op":0,"s":3,"t":"RESUMED","d":{}}"#))
            case .close, .deliver: break
            }
        }
        return calls
    }

    static func discord() -> MachineBench<DiscordMachine> {
        MachineBench(
            DiscordMachine(url: "u", bot: "1", token: { Secret("t") }, guilds: DiscordGuilds(roles: DiscordRoleNames()))
        )
    }

    @Test func `of Discord live through a day of breaks with one session`() {
        var bench = Self.discord(), identifies = 0
        let room = ChatChannel(platform: .discord, accountID: Self.account, id: "5")
        _ = Self.serve(bench.feed(.joined(room, login: "")), &bench, isWell: true, &identifies)
        for minute in 1...(24 * 60) {
            for _ in 0..<4 { _ = Self.serve(bench.wait(.seconds(15)), &bench, isWell: true, &identifies) }
            guard minute % 30 == 0, let socket = bench.machine.socket else { continue }
            let closing = SocketClosing(code: 4000, reason: "gone")
            _ = Self.serve(bench.feed(.closed(socket, closing)), &bench, isWell: true, &identifies)
        }
        for _ in 0..<4 { _ = Self.serve(bench.wait(.seconds(15)), &bench, isWell: true, &identifies) }
        #expect(identifies == 1)
        let events = bench.takeEvents()
        #expect(Self.lossCount(events) == 48)
        // Heartbeats alone say that it lives: every 41 s.
        #expect((2000...2300).contains(Self.aliveCount(events)))
    }

    @Test func `of Discord knock seldom while it is down for an hour, and are back within a minute or so`() {
        var bench = Self.discord(), identifies = 0
        let room = ChatChannel(platform: .discord, accountID: Self.account, id: "5")
        _ = Self.serve(bench.feed(.joined(room, login: "")), &bench, isWell: true, &identifies)
        var calls = 0
        if let socket = bench.machine.socket {
            calls += Self.serve(
                bench.feed(.closed(socket, SocketClosing(reason: "gone"))), &bench, isWell: false, &identifies)
        }
        for _ in 0..<3600 { calls += Self.serve(bench.wait(.seconds(1)), &bench, isWell: false, &identifies) }
        #expect((60...140).contains(calls))
        _ = bench.takeEvents()
        for _ in 0..<61 { _ = Self.serve(bench.wait(.seconds(1)), &bench, isWell: true, &identifies) }
        #expect(Self.aliveCount(bench.takeEvents()) > 0)
    }

    // MARK: Kick and YouTube

    @Test func `of Kick ask again every five minutes, all day, and find out when it stops sending`() {
        var bench = MachineBench(KickMachine(checkEvery: .seconds(300)))
        let room = ChatChannel(platform: .kick, accountID: Self.account, id: "5")
        var sends = false, checks = 0
        func serve(_ orders: [ChatOrder<KickMachine.Call>], _ bench: inout MachineBench<KickMachine>) {
            var orders = orders
            while !orders.isEmpty {
                guard case .call(let call) = orders.removeFirst() else { continue }
                if case .subscribe = call {
                    sends = true
                    orders += bench.feed(.answered(call, .subscribed(refusals: [:])))
                } else {
                    checks += 1
                    orders += bench.feed(.answered(call, .sends(sends ? [.chat] : [])))
                }
            }
        }
        serve(bench.feed(.joined(room, login: "")), &bench)
        for minute in 1...(24 * 60) {
            serve(bench.wait(.seconds(60)), &bench)
            if minute % 120 == 0 { sends = false }
        }
        #expect((285...292).contains(checks))
        // What ended with the day's last minute is found in the next one.
        #expect(Self.lossCount(bench.takeEvents()) == 11)
        #expect(bench.machine.rooms.count == 1)
    }

    @Test func `of YouTube ask for page after page for a day and a night, and hear each message once`() {
        var bench = MachineBench(YouTubeMachine(bot: "1", findEvery: .seconds(300)))
        let room = ChatChannel(platform: .youtube, accountID: Self.account, id: "chat")
        var pages = 0
        func serve(_ orders: [ChatOrder<YouTubeMachine.Call>], _ bench: inout MachineBench<YouTubeMachine>) {
            var orders = orders
            while !orders.isEmpty {
                guard case .call(let call) = orders.removeFirst() else { continue }
                guard case .page = call else {
                    orders += bench.feed(.answered(call, .found(.chat("chat", startedAt: nil))))
                    continue
                }
                pages += 1
                let item: JSON = [
                    "id": .string("m\(pages / 2)"), "authorDetails": ["channelId": "9", "displayName": "bob"],
                    "snippet": [
                        "type": "textMessageEvent", "publishedAt": .string(bench.now.wall.description),
                        "textMessageDetails": ["messageText": "hi"],
                    ],
                ]
                // Every hundredth request fails, and is made again.
                let answer: YouTubeMachine.Answer =
                    pages % 100 == 0
                    ? .failed("503", retryAfter: nil)
                    : .page([item], next: "p\(pages)", wait: .seconds(10), isOver: false)
                orders += bench.feed(.answered(call, answer))
            }
        }
        serve(bench.feed(.joined(room, login: "")), &bench)
        for _ in 1...(24 * 360) { serve(bench.wait(.seconds(10)), &bench) }
        let texts = bench.takeEvents().compactMap { if case .message(let message) = $0 { message.id } else { nil } }
        #expect(Set(texts).count == texts.count)
        #expect((8500...8800).contains(pages))
        #expect(texts.count > 4200)
    }
}
