import Domain

/// A message whose envelope is whole and whose value is not JSON: the value is cut out as it stands, so that one broken
/// document is refused like any other and does not stop the feed.
///
/// The names that are looked for cannot stand inside a string, whose quotes are escaped.
struct BrokenEnvelope {
    private static let before = Array(#","value":"#.utf8), afterInChange = Array(#","recorded_at":""#.utf8)

    /// The message with `{}` for its value.
    let envelope: [UInt8]
    let value: [UInt8]

    static func change(_ bytes: UnsafeBufferPointer<UInt8>) throws -> FeedChange {
        try readOrCut(bytes, after: afterInChange, FeedChange.init) { broken in
            let change = try broken.envelope.withUnsafeBufferPointer { try FeedChange($0) }
            return FeedChange(
                id: change.id, previous: change.previous, kind: change.kind, key: change.key, value: broken.value,
                recordedAt: change.recordedAt, correlationID: change.correlationID)
        }
    }

    static func entry(_ bytes: UnsafeBufferPointer<UInt8>) throws -> FeedEntry {
        try readOrCut(bytes, after: nil, FeedEntry.init) { broken in
            let entry = try broken.envelope.withUnsafeBufferPointer { try FeedEntry($0) }
            return FeedEntry(kind: entry.kind, key: entry.key, value: broken.value)
        }
    }

    private static func readOrCut<Message>(
        _ bytes: UnsafeBufferPointer<UInt8>, after: [UInt8]?,
        _ read: (UnsafeBufferPointer<UInt8>) throws -> Message, _ cut: (BrokenEnvelope) throws -> Message
    ) throws -> Message {
        do {
            return try read(bytes)
        } catch {
            // What is wrong with the whole is said, unless the rest of it is right.
            guard let broken = BrokenEnvelope(bytes, after: after), let message = try? cut(broken) else { throw error }
            return message
        }
    }

    /// nil when there is no value to be found.
    ///
    /// - Parameter after: what follows the value; nil when it is the last.
    private init?(_ bytes: UnsafeBufferPointer<UInt8>, after: [UInt8]?) {
        guard let name = bytes.firstRange(of: Self.before), bytes.last == UInt8(ascii: "}") else { return nil }
        let last = after.map { Self.lastPlace(of: $0, in: bytes) } ?? bytes.count - 1
        guard let end = last, name.upperBound <= end else { return nil }
        value = Array(bytes[name.upperBound..<end])
        envelope = Array(bytes[..<name.upperBound]) + Array("{}".utf8) + Array(bytes[end...])
    }

    private static func lastPlace(of name: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes.count >= name.count else { return nil }
        return stride(from: bytes.count - name.count, through: 0, by: -1).first { place in
            bytes[place] == name[0] && bytes[place..<(place + name.count)].elementsEqual(name)
        }
    }
}
