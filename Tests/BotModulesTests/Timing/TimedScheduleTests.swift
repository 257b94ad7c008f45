import BotModules
import Domain
import Testing

@Suite("Timed messages")
struct TimedScheduleTests {
    private let start = Timestamp(microseconds: 1_700_000_000_000_000)
    private let viewer = ChatUser(id: "v", login: "v", name: "V")

    /// Whether this line opens the way.
    private func line(in schedule: inout TimedSchedule, _ roles: ChatRoles = []) -> Bool {
        schedule.countLine(of: ChatUser(id: "v", login: "v", name: "V", roles: roles))
    }

    private func settings(_ messages: [(String, Int)], lines: Int = 0) throws -> TimedMessages.Settings? {
        let entries = messages.map { #"{"text": "\#($0.0)", "interval_minutes": \#($0.1)}"# }.joined(separator: ",")
        let config = #"{"messages": [\#(entries)], "min_chat_lines_between": \#(lines)}"#
        return CompiledModules([(try Given.settings(.timedMessages, config), true)]).timed
    }

    /// Asks whenever it was told to, until the end; what was sent and at which minute.
    private func run(_ schedule: inout TimedSchedule, from: Timestamp, minutes: Double) -> [String] {
        var sent: [String] = []
        var now = from
        while now <= start.adding(seconds: minutes * 60) {
            let answer = schedule.next(at: now)
            if let text = answer.text { sent.append("\(text)@\(Int(now.seconds(since: start) / 60))") }
            guard let next = answer.askAgainAt else { break }
            #expect(next > now || answer.text != nil, "asking again at once would never end")
            now = max(next, now.adding(seconds: 0.001))
        }
        return sent
    }

    private func at(_ minutes: Double) -> Timestamp { start.adding(seconds: minutes * 60) }

    @Test func `come after one full interval, and never at the start`() throws {
        var schedule = TimedSchedule(try settings([("a", 10)]), at: start)
        #expect(schedule.next(at: start) == TimedSchedule.Answer(text: nil, askAgainAt: at(10)))
        #expect(run(&schedule, from: start, minutes: 35) == ["a@10", "a@20", "a@30"])
    }

    @Test func `are staggered when their intervals are equal`() throws {
        var schedule = TimedSchedule(try settings([("a", 10), ("b", 10), ("c", 3)]), at: start)
        #expect(
            run(&schedule, from: start, minutes: 20) == [
                "c@3", "c@6", "c@9", "a@10", "c@12", "b@15", "c@15", "c@18", "a@20",
            ])
    }

    @Test func `come oldest first, one for each opening`() throws {
        var schedule = TimedSchedule(try settings([("late", 3), ("early", 2)], lines: 2), at: start)
        for minute in 1...3 { #expect(schedule.next(at: at(Double(minute))).text == nil) }
        #expect(!line(in: &schedule))
        #expect(line(in: &schedule), "the way is open")
        #expect(schedule.next(at: at(3.1)).text == "early")
        #expect(schedule.next(at: at(3.1)).text == nil, "once")
        _ = schedule.countLine(of: viewer)
        #expect(line(in: &schedule))
        #expect(schedule.next(at: at(3.2)).text == "late")
    }

    @Test func `wait for lines, at most one of each`() throws {
        var schedule = TimedSchedule(try settings([("a", 1)], lines: 1), at: start)
        for minute in 1...10 { #expect(schedule.next(at: at(Double(minute))).text == nil) }
        #expect(line(in: &schedule))
        #expect(schedule.next(at: at(10)) == TimedSchedule.Answer(text: "a", askAgainAt: at(11)))
        #expect(!line(in: &schedule), "nothing waits")
    }

    @Test func `do not wait when the lines came first`() throws {
        var schedule = TimedSchedule(try settings([("a", 1)], lines: 3), at: start)
        for _ in 0..<3 { #expect(!line(in: &schedule), "nothing waits yet") }
        #expect(schedule.next(at: at(1)).text == "a")
    }

    @Test(arguments: [ChatRoles.bot, .ownBot]) func `do not count the lines of bots`(role: ChatRoles) throws {
        var schedule = TimedSchedule(try settings([("a", 1)], lines: 1), at: start)
        _ = schedule.next(at: at(1))
        #expect(!line(in: &schedule, role))
        #expect(schedule.next(at: at(1)).text == nil)
        #expect(line(in: &schedule, .broadcaster))
    }

    @Test func `are not made up for after a pause or an outage`() throws {
        var paused = TimedSchedule(try settings([("a", 10), ("b", 7)]), at: start)
        paused.restart(at: at(60))
        #expect(paused.next(at: at(60)) == TimedSchedule.Answer(text: nil, askAgainAt: at(67)))
        var asleep = TimedSchedule(try settings([("a", 10), ("b", 7)]), at: start)
        #expect(asleep.next(at: at(60)) == TimedSchedule.Answer(text: nil, askAgainAt: at(67)))
    }

    @Test func `keep their turn when the settings change around them`() throws {
        var schedule = TimedSchedule(try settings([("a", 10)]), at: start)
        schedule.update(try settings([("new", 10), ("a", 10)]), at: at(9))
        #expect(run(&schedule, from: at(9), minutes: 25) == ["a@10", "new@19", "a@20"])
        schedule.update(nil, at: at(26))
        #expect(schedule.next(at: at(30)) == TimedSchedule.Answer(text: nil, askAgainAt: nil))
    }

    @Test func `keep what waits and what was counted when the settings change`() throws {
        var schedule = TimedSchedule(try settings([("a", 1)], lines: 3), at: start)
        _ = schedule.next(at: at(1))
        _ = schedule.countLine(of: viewer)
        schedule.update(try settings([("a", 1), ("b", 60)], lines: 2), at: at(1.5))
        #expect(line(in: &schedule))
        #expect(schedule.next(at: at(1.6)).text == "a")
    }

    @Test func `of fifty at once come one by one`() throws {
        let messages = (0..<50).map { ("m\($0)", 1) }
        var schedule = TimedSchedule(try settings(messages), at: start)
        let sent = run(&schedule, from: start, minutes: 2.5)
        #expect(sent.count > 10)
        #expect(
            Set(sent.map { $0.prefix { $0 != "@" } }).count == min(sent.count, 50),
            "each has its turn before one comes again")
    }

    @Test func `say nothing when there is nothing to say`() {
        var schedule = TimedSchedule(nil, at: start)
        #expect(schedule.next(at: start) == TimedSchedule.Answer(text: nil, askAgainAt: nil))
        #expect(!line(in: &schedule))
    }
}
