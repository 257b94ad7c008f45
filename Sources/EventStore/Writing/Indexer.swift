import Dispatch

/// Fills the indexes behind the appends, on the writer's thread and in transactions of its own.
///
/// One that fails, as on a full disk, takes nothing from anybody: the tail grows, is read in place, and is tried again
/// a second later at the earliest.
struct Indexer {
    /// Appends are followed by a filling when so many events wait for it. With fewer, each of them touches a page of
    /// its own again; with more, those who append meanwhile wait longer.
    static let dueMin = 4_096
    /// One transaction takes at most so many, however far the indexes are behind.
    static let eventsMax = 16_384
    private static let retryNanoseconds: UInt64 = 1_000_000_000

    /// For the one writer, and for readers beside it.
    let unindexed = UnindexedEvents()
    private let connection: JournalConnection
    /// The position that the indexes are filled through.
    private var indexed: Int
    private var retryAt: UInt64 = 0

    /// Fills what the last process left.
    init(connection: JournalConnection, head: Int) throws {
        self.connection = connection
        indexed = try connection.preparedIndexes()
        fillAll(through: head)
        if isBehind(head) { unindexed.add(try connection.unindexed(after: indexed)) }
    }

    func isBehind(_ head: Int) -> Bool { indexed < head }

    mutating func fillIfDue(through head: Int) {
        if head - indexed >= Self.dueMin { fill(through: head) }
    }

    /// Until it fails.
    mutating func fillAll(through head: Int) {
        while isBehind(head), fill(through: head) {}
    }

    /// One transaction; false when there was none.
    @discardableResult
    mutating func fill(through head: Int) -> Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        guard now >= retryAt else { return false }
        let last = min(head, indexed + Self.eventsMax)
        do {
            try connection.index(after: indexed, through: last)
        } catch {
            retryAt = now + Self.retryNanoseconds
            return false
        }
        indexed = last
        if !isBehind(head) { unindexed.removeAll() }
        return true
    }
}
