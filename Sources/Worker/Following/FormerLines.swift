import Domain

/// The lines of history that a worker has followed before this one, and how far.
///
/// When a journal was restored and Redis then comes back with older files, the feed offers the former journal again, as
/// it was long ago, until the server has filled Redis anew.
struct FormerLines: Sendable {
    private struct Line: Sendable {
        let epoch: String
        let last: ChangeID
    }

    /// Restored journals and rebuilds that changed documents are rare: more than these are not alive at once.
    static let linesMax = 16

    private var lines: [Line] = []

    /// Zero when nothing is known of the line.
    func furthest(of epoch: String) -> ChangeID {
        lines.last { $0.epoch == epoch }?.last ?? .zero
    }

    /// - Parameter next: the line that is followed from now on.
    mutating func leave(_ epoch: String, at last: ChangeID, for next: String) {
        guard epoch != next else { return }
        lines.removeAll { $0.epoch == epoch || $0.epoch == next }
        lines.append(Line(epoch: epoch, last: last))
        if lines.count > Self.linesMax { lines.removeFirst() }
    }
}
