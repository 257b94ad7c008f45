import Domain

/// All documents that a worker holds, as of one change: verbatim for the digest, and read for use.
///
/// A document that does not validate is refused: its bytes are kept and counted, for they were sent, and what it said
/// before stays in use until a good value comes.
package struct ActiveSet: Sendable {
    static let batch = 4096

    /// Of the feed that it came from; empty before the first snapshot.
    package internal(set) var epoch = ""
    /// The last change that it knows of.
    package internal(set) var cursor = ChangeID.zero
    package internal(set) var digest = DocumentDigest()
    /// As they were sent, the refused ones too.
    private(set) var documents: [DocumentKey: [UInt8]] = [:]
    private(set) var refusals: [DocumentKey: Refusal] = [:]
    private(set) var views = ActiveViews()

    /// Why a document is not used, and what is used in its place.
    struct Refusal: Sendable {
        let id: ChangeID, reason: String
        let lastGood: [UInt8]?
    }

    package enum Outcome: Equatable, Sendable {
        case applied
        /// It is known already.
        case ignored
        /// Something between it and what is held is missing: take a snapshot.
        case gap
    }

    package init() {}

    package var documentCount: Int { documents.count }

    /// False before the first snapshot.
    package var isFilled: Bool { !epoch.isEmpty }

    package mutating func apply(_ change: FeedChange) -> Outcome {
        guard change.id > cursor else { return .ignored }
        guard change.previous == cursor else { return .gap }
        let name = DocumentKey(change.kind, change.key)
        if let value = change.value {
            put(ReadDocument(name, value), by: change.id, lastGood: lastGood(name))
        } else {
            remove(name)
        }
        cursor = change.id
        return .applied
    }

    /// - Parameter lastGood: stays in use when the value is refused.
    private mutating func put(_ document: ReadDocument, by id: ChangeID, lastGood: [UInt8]?) {
        let name = document.name
        var refusal: Refusal?
        switch document.content {
        case .success(let content): views.put(content)
        case .failure(let error): refusal = Refusal(id: id, reason: "\(error)", lastGood: lastGood)
        }
        if !refusals.isEmpty || refusal != nil { refusals[name] = refusal }
        if let former = documents.updateValue(document.value, forKey: name) { digest.subtract(name.hash(of: former)) }
        digest.add(document.hash)
    }

    /// Takes in many: they are read on all cores, some thousand at a time to bound what is held beside.
    mutating func putAll(
        _ entries: some RandomAccessCollection<FeedEntry>, by id: ChangeID, lastGood: (DocumentKey) -> [UInt8]?
    ) {
        var rest = entries[...]
        while !rest.isEmpty {
            for document in ReadDocument.readAll(rest.prefix(Self.batch)) {
                put(document, by: id, lastGood: lastGood(document.name))
            }
            rest = rest.dropFirst(Self.batch)
        }
    }

    /// Lets what was good before stand in for every value that was refused.
    mutating func useLastGoodValues() {
        for (name, refusal) in refusals {
            if let value = refusal.lastGood, let document = try? GoodDocument(name, value) { views.put(document) }
        }
    }

    mutating func remove(_ name: DocumentKey) {
        guard let former = documents.removeValue(forKey: name) else { return }
        digest.subtract(name.hash(of: former))
        refusals[name] = nil
        views.remove(name)
    }

    /// The bytes in use: those that are held, unless they were refused.
    func lastGood(_ name: DocumentKey) -> [UInt8]? {
        if let refusal = refusals[name] { refusal.lastGood } else { documents[name] }
    }

    mutating func reserve(_ count: Int) {
        documents.reserveCapacity(count)
    }
}
