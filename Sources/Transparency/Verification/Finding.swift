import Domain

/// Something that is not as it was recorded.
package struct Finding: Equatable, Sendable, CustomStringConvertible {
    /// Stable names for programs.
    package enum Kind: String, CaseIterable, Sendable {
        /// Bytes of the event, or the name of its stream, are not those that were hashed.
        case contentChanged = "content_changed"
        /// The event is right, and the hash that is stored with it is not.
        case hashChanged = "hash_changed"
        /// Event and hash agree with each other, and not with the tree.
        case rewritten
        case missing
        case appended
        case unreadable
        case revision, order, stream, frontier, tile, checkpoint, key
        case readModels = "read_models"
    }

    package let kind: Kind
    /// nil when it is about no single event.
    package let position: Int?
    package let message: String

    package init(_ kind: Kind, at position: Int? = nil, _ message: String) {
        (self.kind, self.position, self.message) = (kind, position, message)
    }

    package var description: String { position.map { "position \($0): \(message)" } ?? message }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("kind", kind.rawValue)
            object.member("position", position.map { .integer($0) } ?? .null)
            object.member("message", message)
        }
    }
}
