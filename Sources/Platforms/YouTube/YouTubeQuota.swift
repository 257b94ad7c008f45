import Domain
import Foundation
import NIOHTTP1
import Synchronization

/// What a project may spend on YouTube's API in a day, and how that is made to last.
///
/// Google gives 10,000 units from midnight to midnight in California. A fifth of them is kept for acting: listening
/// ends before deleting does. When half of what is for listening is spent, pages are asked for less often, so that the
/// rest lasts until midnight, but never more rarely than every half minute. What is spent is forgotten when the process
/// ends; YouTube's own "quotaExceeded" is believed.
package final class YouTubeQuota: APIGate {
    package static let unitsDefault = 10_000
    /// Of one page of chat.
    static let pageUnits = 5

    fileprivate struct State {
        var spent = 0
        var day: Timestamp?
        var isOver = false
        /// When each chat was last asked for.
        var chats: [String: Timestamp] = [:]
    }

    private let unitsMax: Int
    private let intervalMax: Duration
    private let state = Mutex(State())

    package init(unitsMax: Int = unitsDefault, intervalMax: Duration = .seconds(30)) {
        (self.unitsMax, self.intervalMax) = (max(unitsMax, 1), intervalMax)
    }

    private var reserve: Int { unitsMax / 5 }

    func refusal(of request: APIRequest, at now: ChatMoment) -> APIClient.Failure? {
        state.withLock { state in
            state.turn(at: now.wall)
            let free = unitsMax - state.spent - (request.isListening ? reserve : 0)
            guard !state.isOver, free >= request.units else {
                let end = Self.midnight(after: now.wall)
                let what = request.isListening ? "listening" : "acting"
                return APIClient.Failure(
                    reason: "the day's quota of YouTube's API is spent, \(what) goes on at \(end)",
                    retryAfterSeconds: max(end.seconds(since: now.wall), 1))
            }
            state.spent += request.units
            if let chat = request.chat { state.chats[chat] = now.wall }
            return nil
        }
    }

    func learn(_ answer: APIAnswer, from request: APIRequest, at now: ChatMoment) {
        guard answer.isYouTubeSpent else { return }
        state.withLock { state in
            state.turn(at: now.wall)
            state.isOver = true
        }
    }

    package var spentUnits: Int { state.withLock { $0.spent } }

    /// How long to wait before the next page of a chat.
    func interval(_ asked: Duration, at now: Timestamp) -> Duration {
        state.withLock { state in
            state.turn(at: now)
            state.chats = state.chats.filter { now.seconds(since: $0.value) < 120 }
            let listening = unitsMax - reserve, left = listening - state.spent
            guard left < listening / 2 else { return asked }
            let seconds = Self.midnight(after: now).seconds(since: now)
            let pages = max(left, 1) / Self.pageUnits
            let pace = Duration.seconds(seconds * Double(max(state.chats.count, 1)) / Double(max(pages, 1)))
            return max(asked, min(pace, intervalMax))
        }
    }

    /// The next midnight in California, where Google's days begin.
    static func midnight(after now: Timestamp) -> Timestamp {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "America/Los_Angeles") ?? TimeZone(secondsFromGMT: -8 * 3600) ?? .gmt
        let date = Date(timeIntervalSince1970: Double(now.microseconds) / 1_000_000)
        let start = calendar.startOfDay(for: date)
        let next = calendar.date(byAdding: .day, value: 1, to: start) ?? start.addingTimeInterval(86_400)
        return Timestamp(microseconds: Int(next.timeIntervalSince1970) * 1_000_000)
    }
}

extension YouTubeQuota.State {
    /// A new day has all units again.
    fileprivate mutating func turn(at now: Timestamp) {
        if let day, now < day { return }
        (day, spent, isOver) = (YouTubeQuota.midnight(after: now), 0, false)
    }
}

extension APIRequest {
    static let listeningRoute = "listen"

    fileprivate var isListening: Bool { route == Self.listeningRoute }
    fileprivate var chat: String? { query.first { $0.name == "liveChatId" }?.value }
}
