import Domain
import NIOHTTP1
import Testing

@testable import Platforms

@Suite("Discord's limits")
struct DiscordGateTests {
    static func moment(_ seconds: Double) -> ChatMoment {
        ChatMoment(elapsed: .seconds(seconds), wall: Timestamp(microseconds: 0).adding(seconds: seconds))
    }

    static func request(_ channel: String, _ message: String = "1") -> APIRequest {
        var request = APIRequest(method: .DELETE, path: "/channels/\(channel)/messages/\(message)")
        request.route = "DELETE /channels/\(channel)/messages"
        return request
    }

    static func answer(_ status: UInt = 204, remaining: Int, after: Double, bucket: String = "b") -> APIAnswer {
        APIAnswer(
            status: status,
            headers: [
                "X-RateLimit-Bucket": bucket, "X-RateLimit-Remaining": "\(remaining)",
                "X-RateLimit-Reset-After": "\(after)",
            ])
    }

    @Test func `keep a request back whose bucket is empty, and no other channel's`() {
        let gate = DiscordGate()
        #expect(gate.refusal(of: Self.request("1"), at: Self.moment(0)) == nil)
        gate.learn(Self.answer(remaining: 1, after: 5), from: Self.request("1"), at: Self.moment(0))
        #expect(gate.refusal(of: Self.request("1", "2"), at: Self.moment(1)) == nil)
        let refusal = gate.refusal(of: Self.request("1", "3"), at: Self.moment(1))
        #expect(refusal?.limit == .channel)
        #expect(refusal?.retryAfterSeconds == 4)
        #expect(gate.refusal(of: Self.request("2"), at: Self.moment(1)) == nil)
        #expect(gate.refusal(of: Self.request("1"), at: Self.moment(5)) == nil)
    }

    @Test func `are 50 requests a second for everything`() {
        let gate = DiscordGate()
        for number in 0..<DiscordGate.globalMax {
            #expect(gate.refusal(of: Self.request("\(number)"), at: Self.moment(0.5)) == nil)
        }
        let refusal = gate.refusal(of: Self.request("999"), at: Self.moment(0.75))
        #expect(refusal?.limit == .account)
        #expect(refusal?.retryAfterSeconds == 0.75)
        #expect(gate.refusal(of: Self.request("999"), at: Self.moment(1.5)) == nil)
    }

    @Test func `close everything after a global 429, and one bucket after another`() {
        let gate = DiscordGate()
        let limited = APIAnswer(status: 429, body: ["retry_after": .number("2.5"), "global": true])
        gate.learn(limited, from: Self.request("1"), at: Self.moment(0))
        #expect(gate.refusal(of: Self.request("2"), at: Self.moment(1))?.limit == .account)
        #expect(gate.refusal(of: Self.request("2"), at: Self.moment(2.5)) == nil)
        let own = APIAnswer(status: 429, body: ["retry_after": .number("2.5"), "global": false])
        gate.learn(own, from: Self.request("1"), at: Self.moment(10))
        #expect(gate.refusal(of: Self.request("1"), at: Self.moment(11))?.limit == .channel)
        #expect(gate.refusal(of: Self.request("2"), at: Self.moment(11)) == nil)
    }

    @Test func `send nothing more long before an address is shut out`() {
        let gate = DiscordGate()
        for number in 0..<DiscordGate.invalidMax {
            gate.learn(APIAnswer(status: 403), from: Self.request("1"), at: Self.moment(Double(number) / 100))
        }
        let refusal = gate.refusal(of: Self.request("1"), at: Self.moment(60))
        #expect(refusal?.limit == .account)
        #expect((refusal?.retryAfterSeconds ?? 0) > 500)
        #expect(gate.refusal(of: Self.request("1"), at: Self.moment(700)) == nil)
    }

    @Test func `count no 429 that others have caused`() {
        let gate = DiscordGate()
        for _ in 0..<(DiscordGate.invalidMax * 2) {
            let shared = APIAnswer(
                status: 429, body: ["retry_after": .number("0.1")], headers: ["X-RateLimit-Scope": "shared"])
            gate.learn(shared, from: Self.request("1"), at: Self.moment(0))
        }
        #expect(gate.refusal(of: Self.request("2"), at: Self.moment(1)) == nil)
    }

    @Test(arguments: ["", "x", "-1", "nan", "1e99"])
    func `survive headers that make no sense`(value: String) {
        let gate = DiscordGate()
        let answer = APIAnswer(
            status: 200,
            headers: [
                "X-RateLimit-Bucket": value, "X-RateLimit-Remaining": value, "X-RateLimit-Reset-After": value,
            ])
        gate.learn(answer, from: Self.request("1"), at: Self.moment(0))
        #expect(gate.refusal(of: Self.request("1"), at: Self.moment(0)) == nil)
    }
}
