import DequeModule
import Domain
import HeapModule
import Platforms

/// What is to be done on one platform, channel by channel in turn. It decides; `ActionSender` acts.
struct ActionSchedule: Sendable {
    typealias Instant = MonotonicClock.Instant

    /// Requests to one platform at a time.
    static let inFlightMax = 64
    static let attemptsMax = 5
    /// Refused credentials are not tried again at once: platforms ban who goes on.
    static let refusedRest = Duration.seconds(60)

    enum Step {
        case send(PendingAction)
        case conclude(Conclusion)
        case wait(until: Instant)
        case rest
    }

    /// An action that is over, one way or the other.
    struct Conclusion: Sendable {
        var action: PendingAction
        let outcome: ModerationRecord.Outcome
        let problem: String?

        /// The line of the log.
        var record: ModerationRecord {
            var record = action.record
            (record.outcome, record.problem) = (outcome, problem)
            return record
        }
    }

    private struct Wake: Comparable {
        let at: Instant
        let channel: ChatChannel

        static func < (left: Wake, right: Wake) -> Bool { left.at < right.at }
    }

    private let limit: RateLimit
    private let backoff: Backoff
    private var lanes: [ChatChannel: ActionLane] = [:]
    /// Channels that may have something to send, each once.
    private var turn = Deque<ChatChannel>()
    private var inTurn: Set<ChatChannel> = []
    private var wakes = Heap<Wake>()
    private var inFlight = 0
    private var restsUntil: Instant?

    init(_ limit: RateLimit, backoff: Backoff = Backoff()) {
        (self.limit, self.backoff) = (limit, backoff)
    }

    var isEmpty: Bool { inFlight == 0 && lanes.values.allSatisfy { $0.count == 0 } }

    var waitingCount: Int { lanes.values.reduce(0) { $0 + $1.count } }

    var laneCount: Int { lanes.count }

    /// - Returns: what is over because there was no room for it.
    mutating func put(_ action: PendingAction) -> Conclusion? {
        var lane = lanes.removeValue(forKey: action.channel) ?? ActionLane(limit)
        let dropped = lane.put(action)
        lanes[action.channel] = lane
        queueUp(action.channel)
        return dropped.map {
            let problem = "more than \(ActionLane.countMax) actions waited in the channel"
            return Conclusion(action: $0, outcome: .failed, problem: problem)
        }
    }

    mutating func next(at now: Instant) -> Step {
        guard inFlight < Self.inFlightMax else { return .rest }
        if let restsUntil, restsUntil > now { return .wait(until: restsUntil) }
        while let first = wakes.min, first.at <= now {
            wakes.removeMin()
            queueUp(first.channel)
        }
        while let channel = turn.popFirst() {
            inTurn.remove(channel)
            if let step = next(in: channel, at: now) { return step }
        }
        return wakes.min.map { .wait(until: $0.at) } ?? .rest
    }

    /// nil when the channel has nothing to send now.
    private mutating func next(in channel: ChatChannel, at now: Instant) -> Step? {
        guard var lane = lanes.removeValue(forKey: channel) else { return nil }
        let step = lane.next(at: now)
        let end = lane.forgettable(at: now)
        if case .rest = step, end == now { return nil }
        lanes[channel] = lane
        switch step {
        case .send(let action):
            inFlight += 1
            queueUp(channel)
            return .send(action)
        case .giveUp(let action):
            queueUp(channel)
            return .conclude(Conclusion(action: action, outcome: .failed, problem: "it could not be sent in time"))
        case .wait(let until): wakes.insert(Wake(at: until, channel: channel))
        case .rest: if let end { wakes.insert(Wake(at: end, channel: channel)) }
        }
        return nil
    }

    /// What the platform answered.
    ///
    /// - Returns: nil when it will be tried again.
    mutating func finished(_ action: PendingAction, _ outcome: ChatOutcome, at now: Instant) -> Conclusion? {
        inFlight -= 1
        var action = action
        action.attempts += 1
        let step = judge(&action, outcome, at: now)
        let retry: PendingAction? = if case .retry = step { action } else { nil }
        lanes[action.channel]?.takeBack(retry: retry)
        queueUp(action.channel)
        guard case .over(let outcome, let problem) = step else { return nil }
        return Conclusion(action: action, outcome: outcome, problem: problem)
    }

    /// It was not sent, because the bot may not act any more.
    mutating func halted(_ action: PendingAction) -> Conclusion {
        inFlight -= 1
        lanes[action.channel]?.takeBack(retry: nil)
        queueUp(action.channel)
        let what =
            switch action.origin {
            case .module: "the bot was paused"
            case .install: "the extension was stopped, or the bot paused"
            case .command: "the command was changed, or the bot paused"
            }
        let problem = "\(what) or switched off before it was sent"
        return Conclusion(action: action, outcome: .halted, problem: problem)
    }

    /// Everything that waits is over.
    mutating func abandon(_ problem: String) -> [Conclusion] {
        var over: [Conclusion] = []
        for channel in Array(lanes.keys) {
            let waiting = lanes[channel]?.removeAll() ?? []
            over += waiting.map { Conclusion(action: $0, outcome: .failed, problem: problem) }
        }
        return over
    }

    private enum Judgement {
        case retry
        case over(ModerationRecord.Outcome, String?)
    }

    private mutating func judge(_ action: inout PendingAction, _ outcome: ChatOutcome, at now: Instant) -> Judgement {
        switch outcome {
        case .done(let seconds):
            action.record.durationSeconds = seconds ?? action.record.durationSeconds
            return .over(.done, nil)
        case .alreadySo: return .over(.alreadySo, nil)
        case .notActionable(let reason): return .over(.notActionable, reason)
        case .unsupported: return unsupported(&action)
        case .unauthorized(let reason):
            lanes[action.channel]?.rest(until: now + Self.refusedRest)
            return .over(.failed, reason)
        case .rateLimited(let seconds):
            // The limit is that of the credentials, which all channels share.
            action.attempts -= 1
            action.notBefore = now + .seconds(max(seconds, 0.05))
            restsUntil = max(restsUntil ?? now, action.notBefore ?? now)
            return .retry
        case .channelLimited(let seconds):
            action.attempts -= 1
            action.notBefore = now + .seconds(max(seconds, 0.05))
            lanes[action.channel]?.rest(until: action.notBefore ?? now)
            return .retry
        case .failed(let reason, let seconds):
            action.notBefore = now + (seconds.map { .seconds($0) } ?? backoff.rest(after: action.attempts))
            let isOver = action.attempts >= Self.attemptsMax || action.notBefore ?? now >= action.deadline
            return isOver ? .over(.failed, reason) : .retry
        }
    }

    /// A platform without warnings: the warning is said in chat.
    private func unsupported(_ action: inout PendingAction) -> Judgement {
        guard case .warn(_, let reason) = action.action else {
            return .over(.notActionable, "the platform cannot do this")
        }
        action.action = .say(text: reason, replyTo: action.record.messageID.isEmpty ? nil : action.record.messageID)
        return .retry
    }

    private mutating func queueUp(_ channel: ChatChannel) {
        if inTurn.insert(channel).inserted { turn.append(channel) }
    }
}
