import Domain

/// What a follower holds already while a snapshot comes: most of it comes again, and is not kept a second time.
package struct HeldDocuments: Sendable {
    private let documents: [DocumentKey: [UInt8]]

    package init() { documents = [:] }

    init(_ set: ActiveSet) { documents = set.documents }

    /// The same entry, in the memory of the one that is held when they are equal.
    func sharing(_ entry: FeedEntry) -> FeedEntry {
        guard let place = documents.index(forKey: DocumentKey(entry.kind, entry.key)) else { return entry }
        let (name, value) = documents[place]
        return value == entry.value ? FeedEntry(kind: name.kind, key: name.key, value: value) : entry
    }
}
