import Domain
import Synchronization

/// What the relay's threads tell of themselves.
final class RelayBoard: Sendable {
    struct Entries: Sendable {
        var isConnected = false
        var failure: String?
        var redisTail: ChangeID?
        var lastPollAt: Timestamp?
        var lastWriteAt: Timestamp?
        var generation: FeedGeneration?
        /// A feed of another journal that was found, and since when it has not been stamped.
        var foreign: (mark: FeedMark, since: ContinuousClock.Instant)?
    }

    private let board = Mutex(Entries())

    var now: Entries { board.withLock { $0 } }

    var lastGeneration: Int? { board.withLock { $0.generation?.number } }

    func polled(at moment: Timestamp) {
        board.withLock { ($0.lastPollAt, $0.isConnected, $0.failure) = (moment, true, nil) }
    }

    func stands(_ generation: FeedGeneration, at tail: ChangeID, wroteAt moment: Timestamp?) {
        board.withLock { board in
            (board.isConnected, board.generation, board.redisTail, board.foreign) = (true, generation, tail, nil)
            if let moment { board.lastWriteAt = moment }
        }
    }

    /// - Returns: whether this was not known before.
    func failed(_ failure: String) -> Bool {
        board.withLock { board in
            defer { (board.isConnected, board.failure) = (false, failure) }
            return board.failure != failure
        }
    }

    /// Two servers with one prefix would replace each other's feed for ever.
    ///
    /// - Throws: `RelayProblem` while the feed in Redis is of another journal and was stamped lately. Stamps are
    ///   compared with each other, never with a clock of ours.
    func letOthersBe(_ mark: FeedMark?, epoch: String, _ settings: RelaySettings) throws {
        guard let mark, Self.journal(mark.generation.epoch) != Self.journal(epoch) else { return }
        let stoodStill = board.withLock { board in
            if let foreign = board.foreign, foreign.mark == mark {
                return foreign.since.duration(to: .now) >= .seconds(settings.takeoverSeconds)
            }
            board.foreign = (mark, .now)
            return false
        }
        if !stoodStill { throw RelayProblem.foreign(mark.generation.epoch) }
    }

    private static func journal(_ epoch: String) -> Substring {
        epoch.lastIndex(of: ".").map { epoch[..<$0] } ?? epoch[...]
    }
}
