import Domain

/// All documents that a worker holds, as of one change: verbatim for the digest, and read for use.
///
/// A document that does not validate is refused: its bytes are kept and counted, for they were sent, and what it said
/// before stays in use until a good value comes.
package struct ActiveSet: Sendable {
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

    /// False before the first snapshot.
    package var isFilled: Bool { !epoch.isEmpty }

    package mutating func apply(_ change: FeedChange) -> Outcome {
        guard change.id > cursor else { return .ignored }
        guard change.previous == cursor else { return .gap }
        let name = DocumentKey(change.kind, change.key)
        if let value = change.value {
            put(name, value, by: change.id, lastGood: lastGood(name))
        } else {
            remove(name)
        }
        cursor = change.id
        return .applied
    }

    /// - Parameter lastGood: stays in use when the value is refused.
    mutating func put(_ name: DocumentKey, _ value: [UInt8], by id: ChangeID, lastGood: [UInt8]?) {
        var refusal: Refusal?
        do {
            views.put(try GoodDocument(name, value))
        } catch {
            refusal = Refusal(id: id, reason: "\(error)", lastGood: lastGood)
        }
        if !refusals.isEmpty || refusal != nil { refusals[name] = refusal }
        if let former = documents.updateValue(value, forKey: name) { digest.subtract(name.hash(of: former)) }
        digest.add(name.hash(of: value))
    }

    /// Uses a value without holding it: it stands in for one that was refused.
    mutating func use(_ name: DocumentKey, _ value: [UInt8]) {
        if let document = try? GoodDocument(name, value) { views.put(document) }
    }

    private mutating func remove(_ name: DocumentKey) {
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
