import Domain

/// What a follower does next, decided from how its last step ended. A value: it does nothing itself.
///
/// Nothing is tried twice without a rest between, and rests grow until the feed has been followed for a while.
package struct Course: Sendable {
    package enum Step: Equatable, Sendable {
        case takeSnapshot
        case follow
        case rest(Duration)
        /// Waiting changes nothing.
        case giveUp(reason: String)
    }

    /// How a step ended.
    package enum Ending: Equatable, Sendable {
        case snapshotTaken
        /// It is older than what is held.
        case snapshotTooOld
        case rested
        /// The connection was lost, refused, or ended without a word: all the same.
        case outage(followedFor: Duration)
        case startOver(followedFor: Duration)
        /// The server knows the worker, and does not let it in.
        case refused(reason: String)
    }

    /// Following for so long is a success: what fails later begins with short rests again.
    static let steadyAfter = Duration.seconds(10)
    /// So many snapshots in a row that are older than what is held are refused. Then the feed means it.
    static let tooOldMax = 8

    package private(set) var next: Step
    private var afterRest: Step
    private var failures = 0
    private var tooOld = 0
    /// Whether there is something to act by meanwhile.
    private var holdsSomething: Bool
    private let backoff: Backoff

    /// - Parameter holdsSomething: the last known good state was read from a file.
    package init(holdsSomething: Bool, backoff: Backoff = Backoff()) {
        (self.holdsSomething, self.backoff) = (holdsSomething, backoff)
        next = holdsSomething ? .follow : .takeSnapshot
        afterRest = next
    }

    /// Whether the next snapshot is taken even when it is older than what is held.
    package var takesOlderSnapshots: Bool { tooOld >= Self.tooOldMax }

    package mutating func take(_ ending: Ending) {
        switch ending {
        case .snapshotTaken:
            (holdsSomething, tooOld) = (true, 0)
            next = .follow
        case .snapshotTooOld:
            tooOld += 1
            // What is held may be gone on from when the feed has caught up.
            rest(then: takesOlderSnapshots ? .takeSnapshot : .follow)
        case .rested: next = afterRest
        case .outage(let duration): fail(after: duration, then: holdsSomething ? sameAgain : .takeSnapshot)
        case .startOver(let duration): fail(after: duration, then: .takeSnapshot)
        case .refused(let reason):
            guard holdsSomething else { return next = .giveUp(reason: reason) }
            rest(then: sameAgain)
        }
    }

    private var sameAgain: Step { next == .takeSnapshot ? .takeSnapshot : .follow }

    private mutating func fail(after duration: Duration, then step: Step) {
        if duration >= Self.steadyAfter { failures = 0 }
        rest(then: step)
    }

    private mutating func rest(then step: Step) {
        failures += 1
        afterRest = step
        next = .rest(backoff.rest(after: failures))
    }
}
