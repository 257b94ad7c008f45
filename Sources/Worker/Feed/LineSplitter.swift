/// Cuts a stream of bytes into lines, whatever ends them (CRLF, LF or CR) and wherever the pieces begin and end.
struct LineSplitter {
    private static let lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")

    /// A longer line is refused.
    let bytesMax: Int
    /// The line that has not ended yet.
    private var open: [UInt8] = []
    /// The last byte was a CR: an LF that comes now belongs to it.
    private var skipsLineFeed = false

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// - Parameter line: is called with each line that has ended, without what ended it.
    mutating func split(
        _ bytes: UnsafeBufferPointer<UInt8>, line: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        var start = 0
        if skipsLineFeed, let first = bytes.first {
            if first == Self.lineFeed { start = 1 }
            skipsLineFeed = false
        }
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == Self.lineFeed || byte == Self.carriageReturn else {
                offset += 1
                continue
            }
            try end(UnsafeBufferPointer(rebasing: bytes[start..<offset]), line)
            offset += 1
            if byte == Self.carriageReturn {
                skipsLineFeed = offset == bytes.count
                if offset < bytes.count, bytes[offset] == Self.lineFeed { offset += 1 }
            }
            start = offset
        }
        try keep(UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    /// The line that nothing has ended, when the bytes are at their end and it counts all the same.
    mutating func takeRest() -> [UInt8] {
        defer { open = [] }
        return open
    }

    private mutating func end(
        _ rest: UnsafeBufferPointer<UInt8>, _ line: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        guard !open.isEmpty else { return try line(rest) }
        try keep(rest)
        defer { open.removeAll(keepingCapacity: open.capacity <= 65_536) }
        try open.withUnsafeBufferPointer(line)
    }

    private mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard open.count + bytes.count <= bytesMax else {
            throw FeedFailure.unreadable("a line of the feed is longer than \(bytesMax) bytes")
        }
        open.append(contentsOf: bytes)
    }
}
