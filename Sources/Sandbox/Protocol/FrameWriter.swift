import Domain

/// Messages in a row, each with its length before it: four bytes, the lowest first.
struct FrameWriter {
    static let headerBytes = 4
    /// A program has at most 256 KB, which escaping can make six times as long.
    static let frameBytesMax = 4 << 20

    private(set) var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    /// Hands out everything that was written.
    mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ frames: [UInt8]) { bytes.append(contentsOf: frames) }

    mutating func frame(_ body: (inout FrameWriter) -> Void) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Self.headerBytes))
        body(&self)
        let length = bytes.count - start - Self.headerBytes
        for index in 0..<Self.headerBytes { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
    }

    mutating func text(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func number(_ value: UInt64) {
        guard value > 9 else { return bytes.append(UInt8(ascii: "0") + UInt8(value)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (rest, start) = (value, 20)
            while rest > 0 {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            bytes.append(contentsOf: digits[start...])
        }
    }

    mutating func member(_ name: StaticString, _ value: UInt64) {
        text(name)
        number(value)
    }

    mutating func string(_ value: String) {
        var writer = JSONWriter(capacityBytes: value.utf8.count + 8)
        writer.string(value)
        bytes.append(contentsOf: writer.bytes)
    }

    mutating func strings(_ values: [String]) {
        text("[")
        for (index, value) in values.enumerated() {
            if index > 0 { text(",") }
            string(value)
        }
        text("]")
    }

    mutating func raw(_ json: some Collection<UInt8>) { bytes.append(contentsOf: json) }
}
