/// The key with which the log of all events signs its checkpoints.
///
/// Its stream is history for auditors alone: no read model is made of it, and no worker hears of it.
package enum LogKey {
    package static let category = "log", key = "key"

    package enum Event: DomainEvent {
        /// - Parameters:
        ///   - previous: the public key, as signed notes write it, that was in use until here.
        ///   - key: the public key that signs from here on.
        ///   - handover: a note of the previous key's that names the new one; nil when the previous key was lost.
        case rotated(previous: String, key: String, handover: String?, reason: String?)

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case rotated = "log.key_rotated"
        }

        package var name: Name { .rotated }

        package func encode(into writer: inout JSONWriter) {
            switch self {
            case .rotated(let previous, let key, let handover, let reason):
                writer.member("previous_key", previous)
                writer.member("key", key)
                writer.member("handover", ifPresent: handover)
                Personal.encode(["reason": reason], into: &writer)
            }
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .rotated:
                self = .rotated(
                    previous: try data.require("previous_key", StoredObject.string),
                    key: try data.require("key", StoredObject.string), handover: try data.string("handover"),
                    reason: try Personal.read(data).string("reason"))
            }
        }
    }
}
