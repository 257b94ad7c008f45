import Testing

@testable import Commands

@Suite("The state cache")
struct StateCacheTests {
    private func entry(_ revision: Int) -> StateCache.Entry {
        StateCache.Entry(state: revision, revision: revision, position: revision + 1)
    }

    /// Reads as many other streams as make the cache forget everything.
    private func flood(_ cache: StateCache) {
        for number in 0...StateCache.countMax {
            cache.enter("other-\(number)", for: .reading)
            cache.leave("other-\(number)", after: .reading, keeping: entry(0))
        }
    }

    @Test func `answers with what was read, and with what was appended after it`() {
        let cache = StateCache()
        #expect(cache.settled("s") == nil)
        #expect(cache.enter("s", for: .reading) == nil)
        cache.leave("s", after: .reading, keeping: entry(3))
        #expect(cache.settled("s")?.revision == 3)
        #expect(cache.enter("s", for: .appending)?.revision == 3)
        #expect(cache.settled("s") == nil)
        cache.leave("s", after: .appending, keeping: entry(4))
        #expect(cache.settled("s")?.revision == 4)
    }

    @Test func `keeps what it had when an append fails`() {
        let cache = StateCache()
        cache.enter("s", for: .reading)
        cache.leave("s", after: .reading, keeping: entry(3))
        cache.enter("s", for: .appending)
        cache.leave("s", after: .appending, keeping: nil)
        #expect(cache.settled("s")?.revision == 3)
    }

    @Test func `is not settled before the last of several appends`() {
        let cache = StateCache()
        cache.enter("s", for: .appending)
        cache.enter("s", for: .appending)
        cache.leave("s", after: .appending, keeping: entry(5))
        #expect(cache.settled("s") == nil)
        cache.leave("s", after: .appending, keeping: entry(4))
        #expect(cache.settled("s")?.revision == 5)
    }

    @Test func `forgets everything at its limit, and goes on`() {
        let cache = StateCache()
        cache.enter("s", for: .reading)
        cache.leave("s", after: .reading, keeping: entry(1))
        flood(cache)
        #expect(cache.settled("s") == nil)
        #expect(cache.settled("other-\(StateCache.countMax)") != nil)
    }

    @Test func `takes no old state from a slow reader, even when it forgot the new one meanwhile`() {
        let cache = StateCache()
        cache.enter("s", for: .reading)
        cache.enter("s", for: .appending)
        cache.leave("s", after: .appending, keeping: entry(1))
        flood(cache)
        cache.leave("s", after: .reading, keeping: entry(0))
        #expect(cache.settled("s") == nil)
    }

    @Test func `takes no old state from a slow writer, even when it forgot the new one meanwhile`() {
        let cache = StateCache()
        cache.enter("s", for: .appending)
        cache.enter("s", for: .appending)
        cache.leave("s", after: .appending, keeping: entry(2))
        flood(cache)
        cache.leave("s", after: .appending, keeping: entry(1))
        #expect(cache.settled("s") == nil)
    }

    @Test func `takes the state of an append that began before it forgot everything`() {
        let cache = StateCache()
        cache.enter("s", for: .appending)
        flood(cache)
        cache.enter("s", for: .reading)
        cache.leave("s", after: .reading, keeping: entry(0))
        cache.leave("s", after: .appending, keeping: entry(1))
        #expect(cache.settled("s")?.revision == 1)
    }
}
