/// Something that has happened to one entity: past tense, immutable, never deleted.
package protocol DomainEvent: Equatable, Sendable {
    /// The names in the journal's `type` column.
    associatedtype Name: RawRepresentable<String> & CaseIterable & Sendable

    var name: Name { get }

    /// Writes the payload's members, flat, as the newest schema version has them.
    func encode(into writer: inout JSONWriter)

    /// Reads the payload of the newest schema version.
    init(_ name: Name, _ data: StoredObject) throws
}

extension DomainEvent {
    /// The payload as it is stored.
    package var data: [UInt8] {
        var writer = JSONWriter()
        writer.object { encode(into: &$0) }
        return writer.bytes
    }

    /// Reads a payload of any schema version that there ever was; a sealed one is opened before.
    package init(type: String, schemaVersion: Int, data: UnsafeBufferPointer<UInt8>) throws {
        guard let name = Name(rawValue: type) else {
            throw StoredObject.Unreadable("\(type) is not an event that this version knows")
        }
        if schemaVersion == Upcasters.currentVersion || schemaVersion == Upcasters.sealedVersion {
            try self.init(name, StoredObject(data))
        } else {
            let upcast = try Upcasters.upcast(type: type, from: schemaVersion, data: data)
            self = try upcast.withUnsafeBufferPointer { try Self(name, StoredObject($0)) }
        }
    }
}
