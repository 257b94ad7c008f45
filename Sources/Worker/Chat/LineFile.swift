import Foundation

/// The lines of a file or of standard input, one after the other, on a thread of their own.
package struct LineFile: Sendable {
    /// A longer line is passed over: no chat has one.
    package static let lineBytesMax = 1 << 20
    private static let chunkBytes = 1 << 16

    package enum Line: Sendable {
        /// Without what ended it.
        case text([UInt8])
        case tooLong
    }

    private let path: String

    /// - Parameter path: `-` for standard input.
    package init(_ path: String) {
        self.path = path
    }

    /// Why it cannot be read.
    package struct Unreadable: Error, CustomStringConvertible {
        package let path: String, reason: String
        package var description: String { "\(path) cannot be read: \(reason)" }
    }

    /// Returns at the end of the file, or once the task is cancelled; a pipe that says nothing is then left alone.
    ///
    /// - Parameter line: gets each line with its number, from 1 on.
    package func read(_ line: @escaping @Sendable (Int, Line) -> Void) async throws {
        let descriptor = path == "-" ? FileHandle.standardInput.fileDescriptor : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(path: path, reason: String(cString: strerror(errno))) }
        let (words, word) = AsyncThrowingStream<Void, any Error>.makeStream()
        let thread = Thread {
            word.finish(throwing: Self.readAll(descriptor, path, line))
            if path != "-" { close(descriptor) }
        }
        thread.name = "lines"
        thread.start()
        for try await _ in words {}
        try Task.checkCancellation()
    }

    /// - Returns: why it ended early.
    private static func readAll(_ descriptor: Int32, _ path: String, _ line: (Int, Line) -> Void) -> Unreadable? {
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        var open: [UInt8] = [], isTooLong = false, number = 0
        func end() {
            number += 1
            if open.last == UInt8(ascii: "\r") { open.removeLast() }
            line(number, isTooLong ? .tooLong : .text(open))
            (open, isTooLong) = ([], false)
        }
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return Unreadable(path: path, reason: String(cString: strerror(errno))) }
            if count == 0 {
                if !open.isEmpty || isTooLong { end() }
                return nil
            }
            var rest = buffer[..<count]
            while let place = rest.firstIndex(of: UInt8(ascii: "\n")) {
                keep(rest[..<place], &open, &isTooLong)
                end()
                rest = rest[(place + 1)...]
            }
            keep(rest, &open, &isTooLong)
        }
    }

    private static func keep(_ bytes: ArraySlice<UInt8>, _ open: inout [UInt8], _ isTooLong: inout Bool) {
        if open.count + bytes.count > lineBytesMax { (open, isTooLong) = ([], true) }
        if !isTooLong { open += bytes }
    }
}
