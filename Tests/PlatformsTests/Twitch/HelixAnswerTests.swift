import Domain
import NIOHTTP1
import Testing

@testable import Platforms

@Suite("An answer of Twitch's API")
struct HelixAnswerTests {
    static let now = Timestamp(microseconds: 1_700_000_000_000_000)
    static let delete = ChatAction.delete(messageID: "m"), ban = ChatAction.ban(userID: "9", reason: nil)
    static let timeout = ChatAction.timeout(userID: "9", seconds: 60, reason: nil)
    static let warn = ChatAction.warn(userID: "9", reason: "r"), say = ChatAction.say(text: "hi", replyTo: nil)
    static let all = [delete, ban, timeout, warn, say]

    static func outcome(
        _ status: UInt, _ message: String = "why", headers: HTTPHeaders = [:], of action: ChatAction
    ) -> ChatOutcome {
        let body: JSON = ["error": "E", "status": .integer(Int(status)), "message": .string(message)]
        return HelixAnswer(status: status, body: body, headers: headers).outcome(of: action, at: now)
    }

    @Test func `says what was done`() {
        #expect(HelixAnswer(status: 204).outcome(of: Self.delete, at: Self.now) == .done(seconds: nil))
        #expect(HelixAnswer(status: 200).outcome(of: Self.ban, at: Self.now) == .done(seconds: nil))
        #expect(HelixAnswer(status: 200).outcome(of: Self.warn, at: Self.now) == .done(seconds: nil))
    }

    @Test func `says how long a timeout really is`() {
        let body: JSON = [
            "data": [["created_at": "2026-01-01T00:00:00Z", "end_time": "2026-01-01T00:00:30.000000123Z"]]
        ]
        #expect(HelixAnswer(status: 200, body: body).outcome(of: Self.timeout, at: Self.now) == .done(seconds: 30))
        #expect(HelixAnswer(status: 200).outcome(of: Self.timeout, at: Self.now) == .done(seconds: 60))
        let long = ChatAction.timeout(userID: "9", seconds: .max, reason: nil)
        #expect(HelixAnswer(status: 200).outcome(of: long, at: Self.now) == .done(seconds: 1_209_600))
    }

    @Test func `says whether a message was sent, which 200 alone does not`() {
        func outcome(_ message: JSON) -> ChatOutcome {
            HelixAnswer(status: 200, body: .object([JSON.Member("data", [message])])).outcome(
                of: Self.say, at: Self.now)
        }
        #expect(outcome(["is_sent": true, "message_id": "x"]) == .done(seconds: nil))
        let rejected: JSON = ["is_sent": false, "drop_reason": ["code": "msg_rejected", "message": "No."]]
        #expect(outcome(rejected) == .notActionable(reason: "msg_rejected: No."))
        #expect(outcome(["is_sent": false]) == .notActionable(reason: "dropped: the message was dropped"))
        let fast: JSON = ["is_sent": false, "drop_reason": ["code": "x", "message": "You are sending too quickly."]]
        #expect(outcome(fast) == .rateLimited(retryAfterSeconds: 30))
        for unclear in [["is_sent": "yes"], [:], .null, "x"] as [JSON] {
            guard case .failed = outcome(unclear) else {
                Issue.record("\(unclear) is taken for an answer")
                continue
            }
        }
        #expect(HelixAnswer(status: 200).outcome(of: Self.say, at: Self.now) != .done(seconds: nil))
    }

    @Test func `says that it was so already`() {
        #expect(Self.outcome(404, of: Self.delete) == .alreadySo)
        let already = "The user specified in the user_id field is already banned."
        #expect(Self.outcome(400, already, of: Self.ban) == .alreadySo)
        #expect(Self.outcome(400, already, of: Self.timeout) == .alreadySo)
        #expect(Self.outcome(400, already, of: Self.say) == .notActionable(reason: already + " (400)"))
    }

    @Test(arguments: all, [UInt(400), 403, 410, 422])
    func `says what will not work another time either`(action: ChatAction, status: UInt) {
        #expect(Self.outcome(status, of: action) == .notActionable(reason: "why (\(status))"))
    }

    @Test(arguments: all)
    func `says what may work later, and when`(action: ChatAction) {
        #expect(Self.outcome(401, of: action) == .unauthorized(reason: "why (401)"))
        #expect(Self.outcome(409, of: action) == .failed(reason: "why (409)", retryAfterSeconds: 1))
        #expect(Self.outcome(500, of: action) == .failed(reason: "why (500)", retryAfterSeconds: nil))
        let later = Self.outcome(503, headers: ["Retry-After": "7"], of: action)
        #expect(later == .failed(reason: "why (503)", retryAfterSeconds: 7))
        #expect(Self.outcome(302, of: action) == .failed(reason: "why (302)", retryAfterSeconds: nil))
    }

    @Test(arguments: [
        ("1700000012", 12.0), ("1700000000", 0.5), ("1600000000", 0.5), ("1800000000", 60), ("soon", 1), ("-1", 1),
        ("99999999999999999999", 1),
    ])
    func `says how long to wait, within reason`(reset: String, seconds: Double) {
        let headers: HTTPHeaders = [
            "Ratelimit-Limit": "800", "Ratelimit-Remaining": "0", "Ratelimit-Reset": reset,
        ]
        #expect(Self.outcome(429, headers: headers, of: Self.ban) == .rateLimited(retryAfterSeconds: seconds))
    }

    @Test func `needs no body to be understood`() {
        #expect(
            HelixAnswer(status: 502).outcome(of: Self.ban, at: Self.now)
                == .failed(reason: "Twitch answered 502", retryAfterSeconds: nil))
        let odd = HelixAnswer(status: 400, body: ["message": 7]).outcome(of: Self.ban, at: Self.now)
        #expect(odd == .notActionable(reason: "Twitch answered 400"))
    }
}

@Suite("A budget of requests")
struct RateBudgetTests {
    static func budget(_ remaining: Int, _ reset: Int) -> RateBudget {
        RateBudget(limit: 800, remaining: remaining, reset: Timestamp(microseconds: reset))
    }

    @Test func `is not made larger by an answer that comes late`() {
        #expect(Self.budget(5, 1).after(Self.budget(6, 1)) == Self.budget(5, 1))
        #expect(Self.budget(5, 1).after(Self.budget(4, 1)) == Self.budget(4, 1))
        #expect(Self.budget(5, 2).after(Self.budget(1, 1)) == Self.budget(5, 2))
        #expect(Self.budget(5, 1).after(Self.budget(799, 2)) == Self.budget(799, 2))
    }

    @Test(arguments: [
        ["Ratelimit-Limit": "0", "Ratelimit-Remaining": "1", "Ratelimit-Reset": "1"],
        ["Ratelimit-Limit": "1", "Ratelimit-Remaining": "-1", "Ratelimit-Reset": "1"],
        ["Ratelimit-Limit": "1", "Ratelimit-Remaining": "1"], [:],
    ])
    func `is none when a header is missing or absurd`(headers: [String: String]) {
        #expect(RateBudget(helix: HTTPHeaders(headers.map { ($0.key, $0.value) })) == nil)
    }

    @Test func `of messages is larger for those who moderate`() {
        #expect(TwitchLimits.messages(as: []) == RateLimit(count: 20, seconds: 30))
        #expect(TwitchLimits.messages(as: [.vip, .subscriber]).count == 20)
        #expect(TwitchLimits.messages(as: .moderator).count == 100)
        #expect(TwitchLimits.messages(as: .broadcaster).count == 100)
    }
}
