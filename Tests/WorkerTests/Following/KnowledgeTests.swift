import Domain
import TestTools
import Testing

@testable import Worker

@Suite("What a worker knows")
struct KnowledgeTests {
    private let start = ContinuousClock.now
    private var model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))
    private var knowledge: Knowledge

    init() throws {
        knowledge = Knowledge(try ActiveSet(model), at: start)
    }

    private mutating func receive(_ message: FeedMessage) -> Knowledge.Verdict { knowledge.receive(message, at: start) }

    @Test mutating func `changes with changes, and not with those that it knows`() {
        let change = model.put(Samples.bot("acct_1", .kick))
        #expect(receive(.changes([change])) == .changed)
        #expect(receive(.changes([change])) == .unchanged)
        #expect(receive(.changes([])) == .unchanged)
        #expect(knowledge.seen == change.id)
    }

    @Test mutating func `starts over after a gap, and keeps what came before it`() {
        let first = model.put(Samples.bot("acct_1", .kick))
        model.put(Samples.bot("acct_1", .trovo))
        let third = model.put(Samples.bot("acct_1", .discord))
        #expect(receive(.changes([first, third])) == .startOver(.gap))
        #expect(knowledge.set.cursor == first.id && knowledge.seen == third.id)
    }

    @Test mutating func `starts over when it is told to, and in another epoch`() {
        #expect(receive(.reset) == .startOver(.reset))
        model.epoch = "e2.1"
        #expect(receive(.bookmark(model.head)) == .startOver(.otherEpoch))
    }

    @Test mutating func `is caught up when a bookmark finds it equal, and starts over when it differs`() throws {
        #expect(!knowledge.isCaughtUp)
        #expect(receive(.bookmark(model.head)) == .unchanged && knowledge.isCaughtUp)
        let other = FeedModel(Samples.account("acct_2"), Samples.bot("acct_2", .twitch))
        #expect(other.last == model.last)
        #expect(receive(.bookmark(other.head)) == .startOver(.diverged))
        #expect(!knowledge.isCaughtUp)
    }

    @Test mutating func `starts over when the rest does not come from one bookmark to the next`() {
        let change = model.put(Samples.bot("acct_1", .kick))
        #expect(receive(.bookmark(model.head)) == .unchanged, "a bookmark may overtake its changes")
        #expect(knowledge.seen == change.id && !knowledge.isCaughtUp)
        #expect(receive(.bookmark(model.head)) == .startOver(.leftBehind))
    }

    @Test mutating func `goes on when the rest comes slowly`() {
        for _ in 0..<5 {
            let change = model.put(Samples.bot("acct_1", .kick))
            model.put(Samples.bot("acct_1", .trovo))
            #expect(receive(.bookmark(model.head)) == .unchanged)
            #expect(receive(.changes([change])) == .changed)
            #expect(receive(.bookmark(model.head)) == .unchanged)
            #expect(receive(.changes(model.changes(after: knowledge.set.cursor))) == .changed)
        }
    }

    @Test mutating func `takes nothing back for a feed that is behind it`() {
        let behind = model.head
        #expect(receive(.changes([model.put(Samples.bot("acct_1", .twitch, isPaused: true))])) == .changed)
        for _ in 0..<3 { #expect(receive(.bookmark(behind)) == .unchanged) }
        #expect(!knowledge.accepts(behind), "an older snapshot could lift the pause")
        #expect(knowledge.accepts(model.head))
        #expect(knowledge.accepts(FeedHead(epoch: "e2.1", last: .zero, digest: .init(), at: Samples.now)))
    }

    @Test mutating func `goes back to a history that it has left only where it left it`() throws {
        let long = model.head
        model.put(Samples.bot("acct_1", .twitch, isPaused: true))
        let left = model.head
        _ = knowledge.replace(by: try ActiveSet(model), at: start)
        model.epoch = "e2.1"
        #expect(knowledge.accepts(model.head))
        _ = knowledge.replace(by: try ActiveSet(model), at: start)
        #expect(!knowledge.accepts(long), "Redis came back with older files: that could lift the pause")
        #expect(knowledge.accepts(left))
    }

    @Test func `remembers the latest of the histories that it has left`() {
        var lines = FormerLines()
        let some = ChangeID(position: 7, index: 0)
        for number in 1...20 { lines.leave("e\(number)", at: some, for: "e\(number + 1)") }
        #expect(lines.furthest(of: "e20") == some && lines.furthest(of: "e5") == some)
        #expect(lines.furthest(of: "e4") == .zero)
        lines.leave("e21", at: some, for: "e20")
        #expect(lines.furthest(of: "e20") == .zero, "it is followed now")
    }

    @Test mutating func `is live by what it hears, not by what the clocks of others say`() {
        let late = FeedHead(
            epoch: model.epoch, last: model.last, digest: model.digest, at: Timestamp(microseconds: 0))
        let moment = start + .seconds(60)
        #expect(knowledge.freshness(at: moment) == .lost)
        #expect(knowledge.receive(.bookmark(late), at: moment) == .unchanged)
        #expect(knowledge.freshness(at: moment) == .live)
        #expect(knowledge.receive(.reset, at: moment + .seconds(15)) == .startOver(.reset))
        #expect(knowledge.freshness(at: moment + .seconds(15)) == .lost, "a reset is no news of anything")
    }

    @Test(arguments: [
        (0, Freshness.live), (4999, .live), (5000, .stale), (14_999, .stale), (15_000, .lost), (1_000_000, .lost),
    ])
    func `ages`(milliseconds: Int, freshness: Freshness) {
        #expect(Freshness(silentFor: .milliseconds(milliseconds)) == freshness)
    }
}

@Suite("The live set")
struct LiveSetTests {
    private let clock = HandClock()
    private let model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))

    @Test(arguments: [(LostPolicy.goOn, true), (.halt, false)])
    func `does when it is lost what its policy says`(policy: LostPolicy, goesOn: Bool) throws {
        let live = LiveSet(try ActiveSet(model), policy: policy, clock: clock.monotonic)
        clock.advance(by: .seconds(14))
        #expect(live.freshness == .stale && live.mayAct(.one, on: .twitch))
        clock.advance(by: .seconds(1))
        #expect(live.freshness == .lost && live.mayAct(.one, on: .twitch) == goesOn)
        #expect(live.receive(.bookmark(model.head)) == .unchanged)
        #expect(live.freshness == .live && live.mayAct(.one, on: .twitch))
    }

    @Test func `keeps a pause however long the feed is away`() throws {
        var model = model
        model.put(Samples.bot("acct_1", .twitch, isPaused: true, until: Timestamp(microseconds: 1)))
        let live = LiveSet(try ActiveSet(model), clock: clock.monotonic)
        clock.advance(by: .seconds(1_000_000))
        #expect(!live.mayAct(.one, on: .twitch))
    }

    @Test func `rings once for many changes`() async throws {
        let live = LiveSet(try ActiveSet(model), clock: clock.monotonic)
        let heard = live.doorbell.count
        var model = model
        for _ in 0..<5 { #expect(live.receive(.changes([model.put(Samples.bot("acct_1", .kick))])) == .changed) }
        await live.doorbell.wait(beyond: heard)
        #expect(live.read { $0.set.cursor } == model.last)
    }
}
