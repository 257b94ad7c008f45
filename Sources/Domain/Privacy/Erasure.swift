/// That the personal text about a subject was made unreadable for ever.
///
/// The keys are deleted after the event is on the disk; after a crash between the two, the next start deletes them. Its
/// stream is history for auditors alone: no read model is made of it.
package enum Erasure {
    package static let category = "subject"

    package enum Event: DomainEvent {
        /// - Parameters:
        ///   - keys: the ids of the keys that are deleted.
        ///   - ticket: the request or the case that asked for it; never a name.
        case erased(subject: Subject, keys: [String], ticket: String?)

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case erased = "subject.erased"
        }

        package var name: Name { .erased }

        package func encode(into writer: inout JSONWriter) {
            switch self {
            case .erased(let subject, let keys, let ticket):
                writer.member("subject", subject.description)
                writer.name("keys")
                writer.array { array in for key in keys { array.value(.string(key)) } }
                writer.member("ticket", ifPresent: ticket)
            }
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            let text = try data.require("subject", StoredObject.string)
            guard let subject = Subject(text) else {
                throw StoredObject.Unreadable("\(text) is not a subject")
            }
            let keys = try data.raw("keys").map { try JSONParser.parse($0) }?.array?.compactMap(\.string) ?? []
            self = .erased(subject: subject, keys: keys, ticket: try data.string("ticket"))
        }
    }
}
