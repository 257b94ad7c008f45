import Domain
import Testing

@testable import Platforms

@Suite("The channels of an EventSub connection")
struct EventSubRoomsTests {
    typealias Tests = EventSubMachineTests

    @Test func `are asked for some at a time`() {
        var bench = Tests.bench()
        for id in 0..<300 { bench.feed(.joined(Tests.channel("\(id)"), login: "")) }
        var open = bench.feed(.text(Tests.socket(1), Tests.welcome())), asked = 0
        #expect(open.count == EventSubMachine.requestsInFlightMax)
        while case .call(let call)? = open.popLast() {
            asked += 1
            open += bench.feed(.answered(call, .subscribed(id: "s\(asked)")))
            #expect(open.count <= EventSubMachine.requestsInFlightMax)
        }
        #expect(asked == 300)
        bench.feed(.joined(Tests.channel("300"), login: ""))
        #expect(
            bench.takeEvents().last
                == .refused(Tests.channel("300"), reason: "a connection carries at most 300 channels"))
    }

    @Test func `come and go while it is open`() {
        var bench = Tests.live()
        #expect(bench.feed(.joined(Tests.channel("8"), login: "")) == [.call(Tests.subscribe("8"))])
        bench.feed(.answered(Tests.subscribe("8"), .subscribed(id: "sub8")))
        #expect(bench.feed(.left(channelID: "8")) == [.call(.unsubscribe("sub8", channelID: "8"))])
        _ = bench.takeEvents()
        bench.feed(.text(Tests.socket(1), Tests.chat("hi", id: "1", in: "8", at: bench.now.wall)))
        #expect(!bench.takeEvents().contains { if case .message = $0 { true } else { false } })
        #expect(bench.feed(.left(channelID: "unknown")) == [])
    }

    @Test func `are let go when they leave while they are asked for`() {
        var bench = Tests.live()
        bench.feed(.joined(Tests.channel("8"), login: ""))
        #expect(bench.feed(.left(channelID: "8")) == [])
        let orders = bench.feed(.answered(Tests.subscribe("8"), .subscribed(id: "sub8")))
        #expect(orders == [.call(.unsubscribe("sub8", channelID: "8"))])
    }

    @Test func `come back only after they have gone`() {
        var bench = Tests.live()
        bench.feed(.joined(Tests.channel("8"), login: ""))
        bench.feed(.answered(Tests.subscribe("8"), .subscribed(id: "sub8")))
        bench.feed(.left(channelID: "8"))
        #expect(bench.feed(.joined(Tests.channel("8"), login: "")) == [])
        let orders = bench.feed(.answered(.unsubscribe("sub8", channelID: "8"), .unsubscribed))
        #expect(orders == [.call(Tests.subscribe("8"))])
    }

    @Test func `end the connection when the last one leaves`() {
        var bench = Tests.live()
        let orders = bench.feed(.left(channelID: "7"))
        #expect(orders == [.call(.unsubscribe("sub7", channelID: "7")), .close(Tests.socket(1))])
        #expect(bench.machine.deadline == nil)
        #expect(bench.feed(.answered(.unsubscribe("sub7", channelID: "7"), .unsubscribed)) == [])
        #expect(bench.feed(.joined(Tests.channel("7"), login: "")) == [.connect(Tests.socket(2), url: Tests.url)])
    }

    @Test func `are told when they are refused, and are tried again much later`() {
        var bench = Tests.live()
        bench.feed(.joined(Tests.channel("8"), login: ""))
        bench.feed(.answered(Tests.subscribe("8"), .refused(reason: "no")))
        #expect(bench.takeEvents() == [.refused(Tests.channel("8"), reason: "no")])
        for _ in 0..<29 {
            #expect(bench.wait(.seconds(10)) == [])
            bench.feed(.text(Tests.socket(1), Tests.envelope("session_keepalive")))
        }
        #expect(bench.wait(.seconds(10)) == [.call(Tests.subscribe("8"))])
    }

    @Test func `leave nothing open when all are refused`() {
        var bench = Tests.bench("7")
        bench.feed(.text(Tests.socket(1), Tests.welcome()))
        #expect(bench.feed(.answered(Tests.subscribe("7"), .refused(reason: "no"))) == [.close(Tests.socket(1))])
        #expect(bench.takeEvents() == [.refused(Tests.channel("7"), reason: "no")])
        #expect(bench.wait(.seconds(299)) == [])
        #expect(bench.wait(.seconds(1)) == [.connect(Tests.socket(2), url: Tests.url)])
    }

    @Test func `are tried again at once when somebody asks for them again`() {
        var bench = Tests.bench("7")
        bench.feed(.text(Tests.socket(1), Tests.welcome()))
        bench.feed(.answered(Tests.subscribe("7"), .refused(reason: "no")))
        #expect(bench.feed(.joined(Tests.channel("7"), login: "")) == [.connect(Tests.socket(2), url: Tests.url)])
    }

    @Test func `are asked for again after a failure, in growing pauses, and not before Twitch allows`() {
        var bench = Tests.live()
        bench.feed(.joined(Tests.channel("8"), login: ""))
        bench.feed(.answered(Tests.subscribe("8"), .failed(retryAfter: .seconds(3))))
        #expect(bench.wait(.milliseconds(2999)) == [])
        #expect(bench.wait(.milliseconds(1)) == [.call(Tests.subscribe("8"))])
    }

    @Test func `do not keep the machine awake while many of them wait for their turn`() {
        var bench = Tests.bench()
        for id in 0..<100 { bench.feed(.joined(Tests.channel("\(id)"), login: "")) }
        var open = bench.feed(.text(Tests.socket(1), Tests.welcome()))
        for _ in 0..<100 {
            guard case .call(let call)? = open.popLast() else { break }
            open += bench.feed(.answered(call, .failed(retryAfter: .seconds(1))))
        }
        #expect(bench.wait(.seconds(2)).count == EventSubMachine.requestsInFlightMax)
    }

    @Test func `are told when their right is revoked`() {
        var bench = Tests.live()
        let payload: JSON = [
            "subscription": ["status": "user_removed", "condition": ["broadcaster_user_id": "7"]]
        ]
        let orders = bench.feed(.text(Tests.socket(1), Tests.envelope("revocation", payload, id: "r")))
        #expect(orders == [.close(Tests.socket(1))], "nothing is left to listen to")
        #expect(bench.takeEvents().last == .refused(Tests.channel("7"), reason: "user_removed"))
    }

    @Test func `belong to whom they were joined for last`() {
        var bench = Tests.live()
        let other = ChatChannel(platform: .twitch, accountID: AccountID(stored: "other"), id: "7")
        bench.feed(.joined(other, login: ""))
        bench.feed(.text(Tests.socket(1), Tests.chat("hi", id: "1", at: bench.now.wall)))
        let channels = bench.takeEvents().compactMap {
            if case .message(let message) = $0 { message.channel } else { nil }
        }
        #expect(channels == [other])
    }

    @Test(arguments: [
        (202, "", EventSubRequest.Answer.subscribed(id: "x")),
        (409, "subscription already exists", .subscribed(id: nil)),
        (401, "no", .refused(reason: "no (401)")), (403, "no", .refused(reason: "no (403)")),
        (400, "bad", .refused(reason: "bad (400)")),
        (400, "websocket transport session does not exist", .failed(retryAfter: .seconds(1))),
        (429, "", .failed(retryAfter: .seconds(1))), (503, "", .failed(retryAfter: .seconds(1))),
    ])
    func `are answered for by status`(status: UInt, message: String, answer: EventSubRequest.Answer) {
        let body: JSON = ["message": .string(message), "data": [["id": "x"]]]
        let now = Timestamp(microseconds: 0)
        #expect(Tests.subscribe("7").meaning(of: HelixAnswer(status: status, body: body), at: now) == answer)
        #expect(
            EventSubRequest.unsubscribe("x", channelID: "7").meaning(of: HelixAnswer(status: status), at: now)
                == .unsubscribed)
    }
}
