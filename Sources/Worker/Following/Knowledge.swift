import Domain

/// What a worker knows at one moment: the documents, how far the feed is beyond them, and when it last spoke.
package struct Knowledge: Sendable {
    package internal(set) var set: ActiveSet
    /// The last change that was heard of.
    package private(set) var seen: ChangeID
    /// True once the feed has said that it stands where the set does.
    package private(set) var isCaughtUp = false
    private(set) var heardAt: MonotonicClock.Instant
    /// Where the set stood when a bookmark found it behind.
    private var behindAt: ChangeID?
    private var formerLines = FormerLines()

    /// What follows from a message.
    package enum Verdict: Equatable, Sendable {
        /// Something new is held.
        case changed
        case unchanged
        /// What is held cannot be gone on from.
        case startOver(StartOver)
    }

    package enum StartOver: String, Equatable, Sendable {
        case gap, reset, diverged
        case otherEpoch = "other epoch"
        case leftBehind = "left behind"
        case unreadable
    }

    package init(_ set: ActiveSet, at now: MonotonicClock.Instant) {
        self.set = set
        seen = set.cursor
        heardAt = now
    }

    package func freshness(at now: MonotonicClock.Instant) -> Freshness {
        Freshness(silentFor: now - heardAt)
    }

    package mutating func receive(_ message: FeedMessage, at now: MonotonicClock.Instant) -> Verdict {
        if case .reset = message {} else { heardAt = now }
        let verdict: Verdict =
            switch message {
            case .changes(let changes): apply(changes)
            case .bookmark(let head): compare(head)
            case .reset: .startOver(.reset)
            }
        if case .startOver = verdict { isCaughtUp = false }
        return verdict
    }

    private mutating func apply(_ changes: [FeedChange]) -> Verdict {
        var verdict = Verdict.unchanged
        for change in changes {
            seen = max(seen, change.id)
            switch set.apply(change) {
            case .applied: verdict = .changed
            case .ignored: break
            case .gap: return .startOver(.gap)
            }
        }
        return verdict
    }

    private mutating func compare(_ head: FeedHead) -> Verdict {
        guard head.epoch == set.epoch else { return .startOver(.otherEpoch) }
        seen = max(seen, head.last)
        // A feed behind the worker is one that is being filled again: nothing is taken back for it.
        guard head.last <= set.cursor else { return waitForRest() }
        behindAt = nil
        guard head.last == set.cursor else { return .unchanged }
        guard head.digest == set.digest else { return .startOver(.diverged) }
        isCaughtUp = true
        return .unchanged
    }

    /// A bookmark may overtake its changes once. When the next one still finds nothing new, they do not come: a trimmed
    /// stream leaves them out in silence.
    private mutating func waitForRest() -> Verdict {
        isCaughtUp = false
        defer { behindAt = set.cursor }
        return behindAt == set.cursor ? .startOver(.leftBehind) : .unchanged
    }

    /// Whether a snapshot may take the place of what is held. One that is older than what was held of the same history,
    /// now or before, may not: it could lift a pause that is known.
    package func accepts(_ head: FeedHead) -> Bool {
        let furthest = head.epoch == set.epoch ? set.cursor : formerLines.furthest(of: head.epoch)
        return head.last >= furthest
    }

    /// - Returns: what was held.
    package mutating func replace(by next: ActiveSet, at now: MonotonicClock.Instant) -> ActiveSet {
        let former = set
        formerLines.leave(former.epoch, at: former.cursor, for: next.epoch)
        (set, seen, heardAt, behindAt, isCaughtUp) = (next, next.cursor, now, nil, false)
        return former
    }
}
