import Domain
import Sandbox
import Testing

@testable import Worker

@Suite("A circuit breaker")
struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    @Test func `trips at the fifth failure within a minute`() {
        var breaker = CircuitBreaker()
        for second in 0..<4 {
            #expect(breaker.failed(isFatal: false, at: start + .seconds(second)) == nil)
            #expect(breaker.admits(at: start + .seconds(second)) == true)
        }
        #expect(breaker.failed(isFatal: false, at: start + .seconds(4)) == .tripped(failures: 5))
        #expect(breaker.admits(at: start + .seconds(5)) == false)
    }

    @Test func `forgets failures after a minute`() {
        var breaker = CircuitBreaker()
        for time in 0..<20 { #expect(breaker.failed(isFatal: false, at: start + .seconds(time * 16)) == nil) }
        #expect(breaker.state == .closed)
    }

    @Test func `trips at once when the child had to be killed`() {
        var breaker = CircuitBreaker()
        #expect(breaker.failed(isFatal: true, at: start) == .tripped(failures: 1))
        #expect(breaker.admits(at: start) == false)
    }

    @Test func `lets one call try, and goes on when it succeeds`() {
        var breaker = CircuitBreaker()
        _ = breaker.failed(isFatal: true, at: start)
        let later = start + CircuitBreaker.firstRest
        #expect(breaker.admits(at: later - .seconds(1)) == false)
        #expect(breaker.admits(at: later) == true)
        #expect(breaker.admits(at: later) == false, "the others wait for it")
        #expect(breaker.succeeded(at: later) == .recovered)
        #expect(breaker.admits(at: later) == true)
        #expect(breaker.succeeded(at: later) == nil)
    }

    @Test func `rests longer each time, up to a quarter of an hour, and reports the whole as one`() {
        var breaker = CircuitBreaker(), now = start
        #expect(breaker.failed(isFatal: true, at: now) == .tripped(failures: 1))
        for trip in 1...8 {
            let rest = CircuitBreaker.rest(after: trip)
            #expect(breaker.admits(at: now + rest - .seconds(1)) == false)
            now += rest
            #expect(breaker.admits(at: now) == true)
            #expect(breaker.failed(isFatal: false, at: now) == nil, "it is known to be off")
        }
        #expect(CircuitBreaker.rest(after: 1) == .seconds(30) && CircuitBreaker.rest(after: 2) == .seconds(60))
        #expect(CircuitBreaker.rest(after: 100) == CircuitBreaker.restMax)
    }

    @Test func `lets another call try when the first is never heard of again, or came to nothing`() {
        var breaker = CircuitBreaker(isTripped: true)
        #expect(breaker.admits(at: start) == true)
        #expect(breaker.admits(at: start) == false)
        breaker.abandoned()
        #expect(breaker.admits(at: start) == true)
        #expect(breaker.admits(at: start + CircuitBreaker.trialMax) == true)
        #expect(breaker.succeeded(at: start) == .recovered, "of a trip that another worker had reported")
    }

    @Test(arguments: SandboxFailure.Kind.allCases)
    func `blames an install for its own failures only`(kind: SandboxFailure.Kind) {
        let blame = kind.blame
        #expect(blame.isFatal == (kind == .killed))
        #expect(blame.isFailure == ![.unloaded, .unavailable].contains(kind))
    }
}
