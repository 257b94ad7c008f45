/// The numbers and revisions of streams that the writer has met, so that a busy stream costs no look-up.
struct StreamCache {
    /// About 30 MB; beyond it everything is forgotten at once, which is cheaper than keeping an order of use.
    static let countMax = 200_000

    /// An object, so that a stream that is known is looked up once in an append.
    final class Entry {
        let number: Int
        /// nil: no event yet.
        var revision: Int?

        init(number: Int, revision: Int?) {
            (self.number, self.revision) = (number, revision)
        }
    }

    private var entries: [String: Entry] = [:]

    subscript(name: String) -> Entry? {
        get { entries[name] }
        set { entries[name] = newValue }
    }

    /// Between transactions only: what one has written, nobody but this cache knows until it is committed.
    mutating func makeRoom() {
        if entries.count >= Self.countMax { forget() }
    }

    /// After a transaction that was rolled back nothing here can be trusted.
    mutating func forget() {
        entries.removeAll(keepingCapacity: true)
    }
}
