import Foundation

/// What comes from a child, message by message.
struct FrameInput: ~Copyable {
    private let descriptor: Int32
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private var (start, end) = (0, 0)
    /// Whether it says that a message is longer than any can be.
    private(set) var isBroken = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { buffer.deallocate() }

    /// Waits for more.
    /// - Returns: false when there will be none.
    mutating func receive() -> Bool {
        if start > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            (start, end) = (0, end - start)
        }
        if end == buffer.count { grow() }
        while true {
            let count = recv(descriptor, buffer.baseAddress?.advanced(by: end), buffer.count - end, 0)
            if count > 0 { end += count }
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }

    /// Valid until the next `receive`.
    mutating func next() -> UnsafeBufferPointer<UInt8>? {
        guard end - start >= FrameWriter.headerBytes else { return nil }
        let length = Int(UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
        guard length <= FrameWriter.frameBytesMax else {
            isBroken = true
            return nil
        }
        let begin = start + FrameWriter.headerBytes
        guard end - begin >= length else { return nil }
        start = begin + length
        return UnsafeRawBufferPointer(rebasing: buffer[begin..<start]).bindMemory(to: UInt8.self)
    }

    private mutating func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
    }
}
