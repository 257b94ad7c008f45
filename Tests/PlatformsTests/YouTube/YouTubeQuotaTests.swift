import Domain
import NIOHTTP1
import Testing

@testable import Platforms

@Suite("YouTube's quota")
struct YouTubeQuotaTests {
    static func moment(_ text: String) throws -> ChatMoment {
        ChatMoment(elapsed: .zero, wall: try #require(Timestamp(text)))
    }

    static func page(_ chat: String = "c") -> APIRequest {
        var request = APIRequest(method: .GET, path: "/", query: [.init(name: "liveChatId", value: chat)])
        (request.route, request.units) = (APIRequest.listeningRoute, 5)
        return request
    }

    @Test(arguments: [
        ("2026-01-15T12:00:00Z", "2026-01-16T08:00:00Z"), ("2026-07-15T06:59:59Z", "2026-07-15T07:00:00Z"),
        ("2026-07-15T07:00:00Z", "2026-07-16T07:00:00Z"),
        // The day on which clocks go forward has 23 hours.
        ("2026-03-08T09:00:00Z", "2026-03-09T07:00:00Z"), ("2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"),
    ])
    func `begins again at midnight in California`(now: String, next: String) throws {
        let midnight = YouTubeQuota.midnight(after: try Self.moment(now).wall)
        #expect(midnight == Timestamp(next))
    }

    @Test func `keeps a fifth for acting, and begins anew every day`() throws {
        let quota = YouTubeQuota(unitsMax: 100), morning = try Self.moment("2026-07-15T12:00:00Z")
        for _ in 0..<16 { #expect(quota.refusal(of: Self.page(), at: morning) == nil) }
        let refusal = quota.refusal(of: Self.page(), at: morning)
        #expect(refusal?.retryAfterSeconds == 68_400.0)
        #expect(refusal?.limit == nil)
        var act = APIRequest(method: .POST, path: "/")
        act.units = 20
        #expect(quota.refusal(of: act, at: morning) == nil)
        #expect(quota.refusal(of: act, at: morning) != nil)
        #expect(quota.refusal(of: Self.page(), at: try Self.moment("2026-07-16T07:00:00Z")) == nil)
    }

    @Test func `asks less often when half is spent, so that the rest lasts`() throws {
        let quota = YouTubeQuota(unitsMax: 10_000), now = try Self.moment("2026-07-15T07:00:00Z")
        for _ in 0..<800 { _ = quota.refusal(of: Self.page(), at: now) }
        #expect(quota.interval(.seconds(5), at: now.wall) == .seconds(5))
        let late = try Self.moment("2026-07-16T06:00:00Z")
        for _ in 0..<200 { _ = quota.refusal(of: Self.page(), at: late) }
        // 600 pages for the last hour.
        #expect(quota.interval(.seconds(5), at: late.wall) == .seconds(6))
        #expect(quota.interval(.seconds(9), at: late.wall) == .seconds(9))
        for number in 0..<20 { _ = quota.refusal(of: Self.page("c\(number)"), at: late) }
        #expect(quota.interval(.seconds(5), at: late.wall) == .seconds(30))
    }
}
