/// A change's name in the feed, `<position>-<index>`: its event's position, and which of that event's changes it is.
package struct ChangeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let position: Int, index: Int

    /// Before every change.
    package static let zero = ChangeID(position: 0, index: 0)

    package init(position: Int, index: Int) {
        (self.position, self.index) = (position, index)
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int(parts[0]), let index = Int(parts[1]), position >= 0, index >= 0
        else { return nil }
        self.init(position: position, index: index)
        guard description == text else { return nil }
    }

    package static func < (left: ChangeID, right: ChangeID) -> Bool {
        (left.position, left.index) < (right.position, right.index)
    }

    package var description: String { "\(position)-\(index)" }
}

/// One change of one document, as the feed carries it.
package struct FeedChange: Equatable, Sendable {
    package let id: ChangeID
    /// The change before it: a reader who holds another one last has a gap.
    package let previous: ChangeID
    package let kind: DocumentKind
    package let key: String
    /// The full new document; nil when it was deleted.
    package let value: [UInt8]?
    package let recordedAt: Timestamp
    package let correlationID: String?

    package init(
        id: ChangeID, previous: ChangeID, kind: DocumentKind, key: String, value: [UInt8]?, recordedAt: Timestamp,
        correlationID: String?
    ) {
        (self.id, self.previous, self.kind, self.key) = (id, previous, kind, key)
        (self.value, self.recordedAt, self.correlationID) = (value, recordedAt, correlationID)
    }
}
