import Domain
import Platforms
import TestTools
import Testing

@testable import Worker

@Suite("The schedule of actions")
struct ActionScheduleTests {
    private let start = ContinuousClock.now
    private var schedule = ActionSchedule(
        RateLimit(count: 3, seconds: 30), backoff: Backoff(random: { 0.999 }))

    private func at(_ seconds: Double) -> MonotonicClock.Instant { start + .seconds(seconds) }

    /// Everything that may be sent at once.
    private mutating func sent(_ seconds: Double) -> [ChatAction] {
        var actions: [ChatAction] = []
        while case .send(let action) = schedule.next(at: at(seconds)) { actions.append(action.action) }
        return actions
    }

    private mutating func take(_ seconds: Double) throws -> PendingAction {
        guard case .send(let action) = schedule.next(at: at(seconds)) else { throw Nothing() }
        return action
    }

    private struct Nothing: Error {}

    private mutating func put(_ actions: PendingAction...) {
        for action in actions { #expect(schedule.put(action) == nil) }
    }

    @Test mutating func `sends what is urgent first, and of one urgency the older`() {
        let timeout = ChatAction.timeout(userID: "7", seconds: 60, reason: nil)
        put(
            .say("s", at: start), .sample(timeout, at: start), .delete("1", at: start), .delete("2", at: start))
        #expect(
            sent(0) == [.delete(messageID: "1"), .delete(messageID: "2"), timeout, .say(text: "s", replyTo: nil)])
    }

    @Test mutating func `takes the channels in turn`() {
        for index in 1...3 { put(.delete("a\(index)", in: .sample("a"), at: start)) }
        put(.delete("b1", in: .sample("b"), at: start))
        #expect(sent(0).prefix(2) == [.delete(messageID: "a1"), .delete(messageID: "b1")])
    }

    @Test mutating func `leaves room for others when one channel storms`() {
        for index in 1...100 { put(.delete("\(index)", in: .sample("storm"), at: start)) }
        #expect(sent(0).count == ActionLane.inFlightMax)
        put(.delete("x", in: .sample("calm"), at: start))
        #expect(sent(0) == [.delete(messageID: "x")])
    }

    @Test mutating func `bounds what is under way on the platform`() {
        for index in 1...100 { put(.delete("\(index)", in: .sample("c\(index)"), at: start)) }
        #expect(sent(0).count == ActionSchedule.inFlightMax)
    }

    @Test mutating func `speaks no more often than the platform allows, and deletes meanwhile`() {
        for index in 1...5 { put(.say("\(index)", at: start)) }
        #expect(sent(0).count == 3)
        for index in 1...3 {
            #expect(schedule.finished(.say("\(index)", at: start), .done(seconds: nil), at: at(0)) != nil)
        }
        put(.delete("1", at: start))
        #expect(sent(1) == [.delete(messageID: "1")])
        guard case .wait(let until) = schedule.next(at: at(1)) else { return #expect(Bool(false), "it must wait") }
        #expect(until == at(30))
    }

    @Test mutating func `gives a notice up that would come too late`() {
        for index in 1...4 { put(.say("\(index)", at: start)) }
        #expect(sent(0).count == 3)
        for index in 1...3 { _ = schedule.finished(.say("\(index)", at: start), .done(seconds: nil), at: at(0)) }
        guard case .conclude(let over) = schedule.next(at: at(30)) else {
            return #expect(Bool(false), "it is too late")
        }
        #expect(over.outcome == .failed)
        #expect(over.record.problem == "it could not be sent in time")
    }

    @Test mutating func `tries again after a failure, later each time, and stops`() throws {
        put(.delete("1", at: start))
        var now = 0.0
        for attempt in 1...ActionSchedule.attemptsMax {
            let action = try take(now)
            let over = schedule.finished(action, .failed(reason: "500", retryAfterSeconds: nil), at: at(now))
            #expect((over == nil) == (attempt < ActionSchedule.attemptsMax))
            guard case .wait(let until) = schedule.next(at: at(now)) else {
                #expect(over?.record.problem == "500")
                return
            }
            now = (until - start) / .seconds(1)
        }
    }

    @Test mutating func `waits as long as the server says, and lets what is not concerned go on`() throws {
        put(.delete("1", at: start))
        let action = try take(0)
        #expect(schedule.finished(action, .failed(reason: "503", retryAfterSeconds: 10), at: at(0)) == nil)
        put(.delete("2", at: start))
        #expect(sent(1) == [.delete(messageID: "2")])
        #expect(sent(10) == [.delete(messageID: "1")])
    }

    @Test mutating func `rests on the whole platform when it is rate limited, and takes that for no attempt`() throws {
        put(.delete("1", at: start), .delete("2", in: .sample("other"), at: start))
        for _ in 1...10 {
            let action = try take(0)
            #expect(schedule.finished(action, .rateLimited(retryAfterSeconds: 0), at: at(-1)) == nil)
        }
        let action = try take(0)
        #expect(schedule.finished(action, .rateLimited(retryAfterSeconds: 5), at: at(0)) == nil)
        guard case .wait(let until) = schedule.next(at: at(1)) else { return #expect(Bool(false), "it must rest") }
        #expect(until == at(5))
        #expect(sent(5).count == 2)
    }

    @Test mutating func `rests in one channel that is limited alone, while others go on`() throws {
        put(.delete("1", at: start))
        for _ in 1...10 {
            let action = try take(0)
            #expect(schedule.finished(action, .channelLimited(retryAfterSeconds: 0), at: at(-1)) == nil)
        }
        let action = try take(0)
        #expect(schedule.finished(action, .channelLimited(retryAfterSeconds: 5), at: at(0)) == nil)
        put(.delete("2", at: start), .delete("3", in: .sample("other"), at: start))
        #expect(sent(1) == [.delete(messageID: "3")])
        #expect(Set(sent(5).map(\.name)) == [.delete])
    }

    @Test(arguments: [
        (ChatOutcome.done(seconds: 600), ModerationRecord.Outcome.done),
        (.alreadySo, .alreadySo), (.notActionable(reason: "a moderator"), .notActionable),
        (.unauthorized(reason: "the token expired"), .failed),
    ])
    mutating func `is over with what the platform says for good`(
        outcome: ChatOutcome, expected: ModerationRecord.Outcome
    ) throws {
        put(.sample(.timeout(userID: "7", seconds: 1, reason: nil), at: start))
        let over = schedule.finished(try take(0), outcome, at: at(0))
        #expect(over?.outcome == expected)
        #expect(expected != .done || over?.record.durationSeconds == 600)
        #expect(schedule.isEmpty)
    }

    @Test mutating func `does not go on where the credentials are refused`() throws {
        put(.delete("1", at: start), .delete("2", in: .sample("other"), at: start))
        _ = schedule.finished(try take(0), .unauthorized(reason: "401"), at: at(0))
        put(.delete("3", at: start))
        #expect(sent(1) == [.delete(messageID: "2")])
        #expect(sent(60) == [.delete(messageID: "3")])
    }

    @Test mutating func `says a warning where the platform has none`() throws {
        put(.sample(.warn(userID: "7", reason: "No links, please."), at: start))
        #expect(schedule.finished(try take(0), .unsupported, at: at(0)) == nil)
        #expect(sent(0) == [.say(text: "No links, please.", replyTo: "m")])
    }

    @Test mutating func `drops the newest notices of a flooded channel before any delete`() {
        for index in 1...10 { put(.say("\(index)", at: start)) }
        for index in 1...(ActionLane.countMax - 10) { put(.delete("\(index)", at: start)) }
        #expect(schedule.put(.delete("one more", at: start))?.action.action == .say(text: "10", replyTo: nil))
        #expect(schedule.waitingCount == ActionLane.countMax)
    }

    @Test mutating func `forgets channels in which nothing is left`() throws {
        for index in 1...50 {
            put(.say("x", in: .sample("c\(index)"), at: start))
            _ = schedule.finished(try take(0), .done(seconds: nil), at: at(0))
        }
        #expect(sent(1).isEmpty)
        #expect(schedule.laneCount == 50)
        #expect(sent(31).isEmpty)
        #expect(schedule.laneCount == 0)
    }

    @Test mutating func `ends with everything that waits accounted for`() throws {
        for index in 1...10 { put(.delete("\(index)", in: .sample("c\(index % 3)"), at: start)) }
        let action = try take(0)
        #expect(schedule.abandon("stopped").count == 9)
        #expect(!schedule.isEmpty)
        #expect(schedule.finished(action, .done(seconds: nil), at: at(0)) != nil)
        #expect(schedule.isEmpty)
    }

    @Test mutating func `loses nothing, whatever happens`() {
        var random = SeededRandom(seed: UInt64.random(in: 0...UInt64.max))
        let seed = random
        var put = 0, over = 0, under: [PendingAction] = []
        for step in 0..<20_000 {
            let now = at(Double(step) / 50)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                put += 1
                let actions: [ChatAction] = [
                    .delete(messageID: "\(step)"), .say(text: "x", replyTo: nil), .warn(userID: "7", reason: "x"),
                ]
                let channel = ChatChannel.sample("c\(Int.random(in: 0..<5, using: &random))")
                over +=
                    schedule.put(.sample(actions.randomElement(using: &random)!, in: channel, at: now)) == nil ? 0 : 1
            case 1 where !under.isEmpty:
                let action = under.remove(at: Int.random(in: under.indices, using: &random))
                let outcomes: [ChatOutcome] = [
                    .done(seconds: nil), .alreadySo, .unsupported, .rateLimited(retryAfterSeconds: 0.1),
                    .failed(reason: "x", retryAfterSeconds: nil), .unauthorized(reason: "x"),
                ]
                over += schedule.finished(action, outcomes.randomElement(using: &random)!, at: now) == nil ? 0 : 1
            default:
                switch schedule.next(at: now) {
                case .send(let action): under.append(action)
                case .conclude: over += 1
                case .wait(let until): #expect(until > now, "\(seed)")
                case .rest: break
                }
            }
        }
        #expect(put == over + under.count + schedule.waitingCount, "\(seed)")
    }
}
