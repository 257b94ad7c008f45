import Foundation

/// A named pipe from which a worker reads chat with `--input`, for as long as the test keeps it open.
final class ChatPipe: @unchecked Sendable {
    struct Failed: Error {
        let reason = String(cString: strerror(errno))
    }

    let path: String
    private let descriptor: Int32

    init(in folder: TemporaryFolder) throws {
        path = folder.path + "/chat.irc"
        guard mkfifo(path, 0o600) == 0 else { throw Failed() }
        // Of reading and writing: opening it for writing alone would wait for the worker.
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failed() }
    }

    deinit { close(descriptor) }

    func write(_ line: String) throws {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failed() }
            rest = rest.dropFirst(count)
        }
    }
}
