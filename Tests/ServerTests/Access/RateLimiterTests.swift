import Domain
import Server
import Synchronization
import Testing

@Suite("The rate limiter")
struct RateLimiterTests {
    let clock = TestClock()

    private func caller(_ id: String, _ account: AccountID? = nil) -> Caller {
        Caller(
            actor: Actor(kind: .user, id: id), account: account, role: nil, permissions: [], isSystemAdmin: false,
            isSystemKey: false)
    }

    private func limiter(_ budgets: RateLimiter.Budgets = .init(), bucketsMax: Int = 100) -> RateLimiter {
        RateLimiter(budgets, bucketsMax: bucketsMax, now: clock.monotonic)
    }

    /// How many of the tries are let through.
    private func allowed(_ tries: Int, _ body: () -> Admission) -> Int {
        (0..<tries).count { _ in body() == .allowed }
    }

    @Test func `lets a burst through, then a steady stream`() {
        let limiter = limiter(), caller = caller("a")
        #expect(allowed(1500) { limiter.admit(caller) } == 1000)
        for _ in 0..<10 {
            clock.advance(seconds: 0.1)
            #expect(abs(allowed(200) { limiter.admit(caller) } - 50) <= 1)
        }
        clock.advance(seconds: 3600)
        #expect(allowed(1500) { limiter.admit(caller) } == 1000)
    }

    /// Whatever the pattern: never more in any stretch than the burst and what flowed in meanwhile.
    @Test(arguments: 0..<10)
    func `never lets through more than it should`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let limiter = limiter(RateLimiter.Budgets(perSecond: 50)), caller = caller("a")
        var times: [Double] = [], now = 0.0
        for _ in 0..<2000 {
            let step = Double(Int.random(in: 0...40_000, using: &random)) / 1_000_000
            clock.advance(seconds: step)
            now += step
            if limiter.admit(caller) == .allowed { times.append(now) }
        }
        for start in stride(from: 0, to: times.count, by: 37) {
            for end in stride(from: start, to: times.count, by: 41) {
                #expect(Double(end - start + 1) <= 100 + (times[end] - times[start]) * 50 + 1)
            }
        }
        #expect(Double(times.count) >= min(2000, 100 + now * 50) - 2)
    }

    @Test func `says when to come again, and means it`() {
        var budgets = RateLimiter.Budgets()
        budgets.ordinary = Budget(perSecond: 0.25, burst: 1)
        let limiter = limiter(budgets), caller = caller("a")
        #expect(limiter.admit(caller) == .allowed)
        #expect(limiter.admit(caller) == .limited(retryAfterSeconds: 4))
        clock.advance(seconds: 2.5)
        #expect(limiter.admit(caller) == .limited(retryAfterSeconds: 2))
        clock.advance(seconds: 2)
        #expect(limiter.admit(caller) == .allowed)
        let quick = self.limiter()
        _ = allowed(1000) { quick.admit(caller) }
        #expect(quick.admit(caller) == .limited(retryAfterSeconds: 1))
    }

    @Test func `keeps pauses and kills apart`() {
        let limiter = limiter(), caller = caller("a")
        _ = allowed(2000) { limiter.admit(caller) }
        #expect(allowed(300) { limiter.admit(caller, .emergency) } == 200)
        clock.advance(seconds: 0.1)
        #expect(allowed(100) { limiter.admit(caller) } >= 49)
    }

    @Test func `counts each caller for themselves`() {
        let limiter = limiter(RateLimiter.Budgets(perSecond: 1))
        let callers = [caller("a"), caller("b"), caller("a", .acme), caller("a", .other)]
        for caller in callers { #expect(allowed(10) { limiter.admit(caller) } == 2) }
    }

    @Test func `limits no caller when it is off, but still those who fail to say who they are`() {
        let limiter = limiter(RateLimiter.Budgets(perSecond: 0)), caller = caller("a")
        #expect(allowed(10_000) { limiter.admit(caller) } == 10_000)
        #expect(allowed(10_000) { limiter.admit(caller, .emergency) } == 10_000)
        let address = ClientAddress("192.0.2.1")
        for _ in 0..<20 { limiter.recordFailedAuthentication(from: address) }
        #expect(limiter.admitsAuthentication(from: address) != .allowed)
    }

    @Test func `slows down an address that guesses`() {
        let limiter = limiter(), address = ClientAddress("192.0.2.1")
        for _ in 0..<19 { limiter.recordFailedAuthentication(from: address) }
        #expect(allowed(100) { limiter.admitsAuthentication(from: address) } == 100, "looking costs nothing")
        limiter.recordFailedAuthentication(from: address)
        #expect(limiter.admitsAuthentication(from: address) == .limited(retryAfterSeconds: 1))
        #expect(limiter.admitsAuthentication(from: ClientAddress("192.0.2.2")) == .allowed)
        clock.advance(seconds: 1)
        #expect(limiter.admitsAuthentication(from: address) == .allowed)
    }

    @Test func `takes an address for whom it stands for`() {
        #expect(ClientAddress("2001:db8::1") == ClientAddress("2001:db8:0:0:ffff:ffff:ffff:ffff%eth0"))
        #expect(ClientAddress("2001:db8:0:1::1") != ClientAddress("2001:db8::1"))
        #expect(ClientAddress("::ffff:192.0.2.1") == ClientAddress("192.0.2.1"))
        #expect(ClientAddress("192.0.2.1") != ClientAddress("192.0.2.2"))
        #expect(ClientAddress("unix") != ClientAddress(""))
    }

    @Test func `keeps a bounded number of buckets and drops the idle ones first`() {
        let limiter = limiter(RateLimiter.Budgets(perSecond: 1), bucketsMax: 50)
        let busy = caller("busy")
        var busyCount = 0
        for number in 0..<1000 {
            _ = limiter.admit(caller("guest \(number)"))
            busyCount += limiter.admit(busy) == .allowed ? 1 : 0
            clock.advance(seconds: 0.01)
            #expect(limiter.bucketCount <= 50)
        }
        #expect(busyCount <= 2 + 10, "a crowd does not refill anybody's bucket")
    }

    @Test func `counts right when many come at once`() async {
        let limiter = limiter(), caller = caller("a")
        let total = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).count { _ in limiter.admit(caller) == .allowed } }
            }
            return await group.reduce(0, +)
        }
        #expect(total == 1000)
    }
}

/// Random numbers that come again with the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
