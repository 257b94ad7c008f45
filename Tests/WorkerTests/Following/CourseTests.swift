import Testing

@testable import Worker

@Suite("The course")
struct CourseTests {
    private static let backoff = Backoff(random: { 0.5 })

    private func course(holding: Bool = false, _ endings: Course.Ending...) -> Course {
        var course = Course(holdsSomething: holding, backoff: Self.backoff)
        for ending in endings { course.take(ending) }
        return course
    }

    private var aLongTime: Duration { .seconds(100) }

    @Test func `begins with a snapshot, or with what is held`() {
        #expect(course().next == .takeSnapshot)
        #expect(course(holding: true).next == .follow)
        #expect(course(.snapshotTaken).next == .follow)
    }

    @Test func `rests, then follows again, when the feed ends`() {
        let ended = course(.snapshotTaken, .outage(followedFor: aLongTime))
        #expect(ended.next == .rest(Self.backoff.rest(after: 1)))
        #expect(course(.snapshotTaken, .outage(followedFor: aLongTime), .rested).next == .follow)
    }

    @Test func `rests, then takes a snapshot, when it cannot go on`() {
        #expect(course(holding: true, .startOver(followedFor: .zero), .rested).next == .takeSnapshot)
        #expect(course(.outage(followedFor: .zero), .rested).next == .takeSnapshot)
        #expect(
            course(holding: true, .startOver(followedFor: .zero), .rested, .outage(followedFor: .zero), .rested).next
                == .takeSnapshot, "a snapshot that fails is tried again")
    }

    @Test func `rests longer and longer, and never turns in a tight circle`() {
        var course = course(.snapshotTaken)
        var rests: [Duration] = []
        for _ in 0..<12 {
            course.take(.startOver(followedFor: .milliseconds(1)))
            guard case .rest(let duration) = course.next else { return #expect(Bool(false)) }
            rests.append(duration)
            course.take(.rested)
            course.take(.snapshotTaken)
            #expect(course.next == .follow)
        }
        #expect(rests == rests.sorted() && rests[0] > .zero && rests[11] > .seconds(2))
    }

    @Test func `forgets its failures once the feed was followed for a while`() {
        var course = course(holding: true)
        for _ in 0..<9 {
            course.take(.outage(followedFor: .zero))
            course.take(.rested)
        }
        course.take(.outage(followedFor: aLongTime))
        #expect(course.next == .rest(Self.backoff.rest(after: 1)))
    }

    @Test func `gives up only when it is refused and has nothing`() {
        #expect(course(.refused(reason: "token")).next == .giveUp(reason: "token"))
        #expect(course(holding: true, .refused(reason: "token"), .rested).next == .follow)
        #expect(course(.snapshotTaken, .refused(reason: "token"), .rested).next == .follow)
    }

    @Test func `takes an older snapshot only when the feed insists`() {
        var course = course(holding: true, .startOver(followedFor: .zero), .rested)
        for _ in 0..<Course.tooOldMax {
            #expect(!course.takesOlderSnapshots)
            course.take(.snapshotTooOld)
            course.take(.rested)
        }
        #expect(course.takesOlderSnapshots && course.next == .takeSnapshot)
        course.take(.snapshotTaken)
        #expect(!course.takesOlderSnapshots)
    }
}

@Suite("The backoff")
struct BackoffTests {
    @Test(arguments: [0.0, 0.25, 0.999_999])
    func `stays between a tenth of a second and five`(random: Double) {
        let backoff = Backoff(random: { random })
        for failures in [0, 1, 2, 5, 6, 16, 17, 100, Int.max] {
            let rest = backoff.rest(after: failures)
            #expect(rest >= .milliseconds(100) && rest <= .seconds(5), "\(failures)")
        }
        #expect(backoff.rest(after: 1) <= .milliseconds(200))
        #expect(backoff.rest(after: 100) >= .milliseconds(2500))
    }

    @Test func `differs from worker to worker`() {
        let rests = Set((0..<50).map { _ in Backoff().rest(after: 5) })
        #expect(rests.count > 40)
    }
}
