import Domain
import Platforms
import Synchronization
import TestTools
import Testing

@Suite("A bot's token", .timeLimit(.minutes(1)))
struct BotTokenTests {
    /// A platform that gives one token after another.
    private final class Giver: Sendable {
        private let state = Mutex((count: 0, isOver: false))
        var count: Int { state.withLock { $0.count } }
        func stop(_ isOver: Bool = true) { state.withLock { $0.isOver = isOver } }

        func next() -> Secret? {
            state.withLock { state in
                state.count += 1
                return state.isOver ? nil : Secret("token-\(state.count)")
            }
        }
    }

    @Test func `is asked for once by all who are refused at once`() async {
        let giver = Giver()
        let token = BotToken(Secret("token-0")) { _ in
            try? await Task.sleep(for: .milliseconds(100))
            return giver.next()
        }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await token.renew(insteadOf: Secret("token-0")) } }
            for await isNew in group { #expect(isNew) }
        }
        #expect(giver.count == 1)
        #expect(token.current == Secret("token-1"))
    }

    @Test func `is not asked for when another is there already`() async {
        let giver = Giver(), token = BotToken(Secret("old")) { _ in giver.next() }
        token.replace(with: Secret("new"))
        #expect(await token.renew(insteadOf: Secret("old")))
        #expect(giver.count == 0)
        #expect(token.hidden(in: "old, new and others") == "<secret>, <secret> and others")
    }

    @Test func `is not asked for again at once where none is given`() async {
        let giver = Giver(), clock = HandClock()
        giver.stop()
        let token = BotToken(Secret("old"), clock: clock.chat) { _ in giver.next() }
        for _ in 0..<10 { #expect(await token.renew(insteadOf: Secret("old")) == false) }
        #expect(giver.count == 1)
        clock.advance(by: .seconds(60))
        giver.stop(false)
        #expect(await token.renew(insteadOf: Secret("old")))
        #expect(giver.count == 2)
    }

    @Test func `is renewed for a day and a night, and only when it must be`() async {
        let giver = Giver(), clock = HandClock()
        let token = BotToken(Secret("token-0"), clock: clock.chat) { _ in giver.next() }
        for hour in 1...24 {
            clock.advance(by: .seconds(3600))
            let refused = token.current
            #expect(await token.renew(insteadOf: refused))
            #expect(await token.renew(insteadOf: refused))
            #expect(token.current == Secret("token-\(hour)"))
        }
        #expect(giver.count == 24)
    }

    @Test func `without a way to another one stays what it is`() async {
        let token = BotToken(Secret("only"))
        #expect(await token.renew(insteadOf: Secret("only")) == false)
        token.replace(with: Secret("other"))
        #expect(await token.renew(insteadOf: Secret("only")))
    }
}
