import CSandbox
import Foundation

/// The child's end of the socket: messages come in as many as there are, and go out together.
struct ChildSocket {
    private let descriptor: Int32
    private var input = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private var (start, end) = (0, 0)
    var output = FrameWriter()

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    enum Wait {
        case forever
        case milliseconds(Int32)
        case not
    }

    /// Reads what there is.
    /// - Returns: false when nothing came in time. It does not come back when the parent has gone.
    mutating func receive(_ wait: Wait) -> Bool {
        makeRoom()
        if case .milliseconds(let milliseconds) = wait {
            var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&one, 1, milliseconds) > 0 else { return false }
        }
        var flags: Int32 = 0
        if case .not = wait { flags = Int32(MSG_DONTWAIT) }
        while true {
            let count = recv(descriptor, input.baseAddress?.advanced(by: end), input.count - end, flags)
            if count > 0 {
                end += count
                return true
            }
            if count == 0 { SandboxExit.done.leave() }
            if errno == EAGAIN || errno == EWOULDBLOCK { return false }
            if errno != EINTR { SandboxExit.broken.leave() }
        }
    }

    /// The next whole message that has come. It is valid until the next `receive`.
    mutating func next() -> UnsafeBufferPointer<UInt8>? {
        guard end - start >= FrameWriter.headerBytes else { return nil }
        let length = Int(UInt32(littleEndian: input.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
        guard length <= FrameWriter.frameBytesMax else { SandboxExit.broken.leave() }
        let begin = start + FrameWriter.headerBytes
        guard end - begin >= length else { return nil }
        start = begin + length
        return UnsafeRawBufferPointer(rebasing: input[begin..<start]).bindMemory(to: UInt8.self)
    }

    /// Moves what is left to the front, and grows when one message needs more.
    private mutating func makeRoom() {
        if start > 0 {
            input.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[start..<end]))
            (start, end) = (0, end - start)
        }
        guard end == input.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(input))
        input.deallocate()
        input = larger
    }

    mutating func flush() {
        guard !output.isEmpty else { return }
        output.bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                if count > 0 { sent += count } else if errno != EINTR { SandboxExit.done.leave() }
            }
        }
        output.clear()
    }
}
