/// At which positions snapshots are kept.
///
/// Between two of them events are replayed, so how far they stand apart is what a look at the past costs: it depends on
/// how large the read models are, and not on how long the journal is. All of them together may be as large as the
/// journal.
package struct SnapshotPlan: Equatable {
    /// So many events are replayed at once in less than a fifth of a second.
    package static let spacingMin = 8_192
    /// A young journal's snapshots need not be counted.
    static let bytesMin = 2 << 30

    let spacing: Int
    let head: Int

    /// - Parameters:
    ///   - snapshotBytes: of the largest that there is.
    ///   - journalBytes: of the journal's file.
    init(head: Int, snapshotBytes: Int, journalBytes: Int, spacingMin: Int = spacingMin, bytesMin: Int = bytesMin) {
        self.head = head
        let bytesMax = max(bytesMin, journalBytes)
        var spacing = spacingMin
        while head / spacing * snapshotBytes > bytesMax { spacing *= 2 }
        self.spacing = spacing
    }

    func wants(_ position: Int) -> Bool { position > 0 && position <= head && position % spacing == 0 }

    /// The first wanted position that is not among these.
    func missing(from positions: Set<Int>) -> Int? {
        stride(from: spacing, through: head, by: spacing).first { !positions.contains($0) }
    }

    /// The head at which the next one is due.
    var next: Int { (head / spacing + 1) * spacing }
}
