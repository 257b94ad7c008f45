import Crypto
import Domain
import EventStore
import Foundation

/// Seals what events say of persons, each text with the key of the subject that it is about (ChaCha20-Poly1305).
///
/// What an event says in its data is about the account whose stream it is, or else about whoever acted; what its
/// metadata say is about whoever acted.
package struct PersonalSeal: EventSealing {
    private let keys: PersonalKeys

    package init(_ keys: PersonalKeys) {
        self.keys = keys
    }

    package func seal(_ event: NewEvent, in stream: StreamID) async throws -> NewEvent? {
        let actor = try event.metadata.withUnsafeBufferPointer(Self.actor)
        let owner = stream.account.map { Subject(.account, $0) } ?? actor
        let data = try await seal(event.data, for: owner)
        let metadata = try await seal(event.metadata, for: actor)
        guard data != nil || metadata != nil else { return nil }
        return NewEvent(
            type: event.type, schemaVersion: data == nil ? event.schemaVersion : Upcasters.sealedVersion,
            data: data ?? event.data, metadata: metadata ?? event.metadata)
    }

    private static func actor(_ metadata: UnsafeBufferPointer<UInt8>) throws -> Subject {
        let actor = try StoredObject(metadata).raw("actor").map { try StoredObject($0) }
        let kind = try actor?.string("kind").flatMap(Subject.Kind.init)
        return Subject(kind ?? .system, try actor?.string("id") ?? "unknown")
    }

    private func seal(_ json: [UInt8], for subject: Subject) async throws -> [UInt8]? {
        guard let range = try json.withUnsafeBufferPointer(SealedPersonal.range) else { return nil }
        let sealed = SealedPersonal(try await keys.key(for: subject), subject, sealing: json[range])
        return Array(json[..<range.lowerBound]) + sealed.bytes + json[range.upperBound...]
    }

    package func open(_ stored: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let range = try? SealedPersonal.range(stored),
            let sealed = SealedPersonal(UnsafeBufferPointer(rebasing: stored[range]))
        else { return nil }
        return Array(stored[..<range.lowerBound]) + opened(sealed) + stored[range.upperBound...]
    }

    private func opened(_ sealed: SealedPersonal) -> [UInt8] {
        switch keys.key(withID: sealed.keyID) {
        case .known(let key): sealed.opened(with: key) ?? sealed.unreadable(.noKey)
        case .erased: sealed.unreadable(.erased)
        case .unknown: sealed.unreadable(.noKey)
        }
    }
}
