/// The top-level members of one stored JSON object as byte ranges: events are decoded from these without a tree.
///
/// It trusts that what was stored had been written by `JSONWriter`, but reads nothing outside the bytes, whatever
/// they hold.
/// The bytes must outlive it.
package struct StoredObject {
    /// The bytes are not one JSON object, or a member is missing or of another kind.
    package struct Unreadable: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) {
            self.description = description
        }
    }

    private struct Member {
        var name: Range<Int>, value: Range<Int>
    }

    private var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var members: [Member] = []

    package init() {
        members.reserveCapacity(16)
    }

    package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unreadable) {
        self.init()
        try read(bytes)
    }

    /// Reads another object into the same storage.
    package mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unreadable) {
        self.bytes = bytes
        members.removeAll(keepingCapacity: true)
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "{"), bytes[bytes.count - 1] == UInt8(ascii: "}") else {
            throw Unreadable("the data is not a JSON object")
        }
        var offset = 1
        while offset < bytes.count - 1 {
            let name = try string(at: offset)
            guard name.upperBound + 2 < bytes.count, bytes[name.upperBound + 1] == UInt8(ascii: ":") else {
                throw Unreadable("a member of the data has no value")
            }
            let value = try self.value(at: name.upperBound + 2)
            members.append(Member(name: name, value: value))
            offset = value.upperBound + 1
        }
    }

    private func string(at offset: Int) throws(Unreadable) -> Range<Int> {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\""),
            let end = JSONString.end(of: bytes, from: offset)
        else { throw Unreadable("a string of the data does not start or end") }
        return (offset + 1)..<end
    }

    /// The range of the value that starts here; it ends before a comma or the closing brace of the object.
    private func value(at start: Int) throws(Unreadable) -> Range<Int> {
        var offset = start
        var depth = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""): offset = try string(at: offset).upperBound
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "}"):
                if depth == 0 { return try nonEmpty(start..<offset) }
                depth -= 1
            case UInt8(ascii: ","): if depth == 0 { return try nonEmpty(start..<offset) }
            default: break
            }
            offset += 1
        }
        throw Unreadable("a value of the data does not end")
    }

    private func nonEmpty(_ range: Range<Int>) throws(Unreadable) -> Range<Int> {
        guard !range.isEmpty else { throw Unreadable("a member of the data has no value") }
        return range
    }
}

extension StoredObject {
    /// The bytes of a member's value; nil when it is absent or null.
    package func raw(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        for member in members where matches(member.name, name) {
            let value = UnsafeBufferPointer(rebasing: bytes[member.value])
            return value.count == 4 && value[0] == UInt8(ascii: "n") ? nil : value
        }
        return nil
    }

    package func string(_ name: StaticString) throws(Unreadable) -> String? {
        guard let raw = raw(name) else { return nil }
        guard raw.count >= 2, raw[0] == UInt8(ascii: "\""),
            let text = JSONString.decode(UnsafeBufferPointer(rebasing: raw[1..<(raw.count - 1)]))
        else { throw Unreadable("\(name) is not a string") }
        return text
    }

    package func bool(_ name: StaticString) throws(Unreadable) -> Bool? {
        guard let raw = raw(name) else { return nil }
        switch (raw.count, raw[0]) {
        case (4, UInt8(ascii: "t")): return true
        case (5, UInt8(ascii: "f")): return false
        default: throw Unreadable("\(name) is not a boolean")
        }
    }

    package func integer(_ name: StaticString) throws(Unreadable) -> Int? {
        guard let raw = raw(name) else { return nil }
        guard let value = Int(String(decoding: raw, as: UTF8.self)) else { throw Unreadable("\(name) is not a number") }
        return value
    }

    /// A member without which the event means nothing.
    package func require<Value>(
        _ name: StaticString, _ read: (StoredObject) -> (StaticString) throws -> Value?
    ) throws -> Value {
        guard let value = try read(self)(name) else { throw Unreadable("\(name) is missing") }
        return value
    }

    private func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        for index in 0..<range.count where bytes[range.lowerBound + index] != name.utf8Start[index] { return false }
        return true
    }
}
