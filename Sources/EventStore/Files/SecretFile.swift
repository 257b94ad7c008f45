import Foundation

/// A small file that nobody but its owner may read.
package struct SecretFile: Sendable {
    package static let bytesMax = 1024
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Why the file cannot be used.
    package enum Unusable: Error, Equatable, CustomStringConvertible {
        case tooOpen(path: String, mode: String)
        case unreadable(path: String, reason: String)

        package var description: String {
            switch self {
            case .tooOpen(let path, let mode):
                "\(path) has mode \(mode), so that others may read it: run chmod 600 on it"
            case .unreadable(let path, let reason): "\(path) cannot be used: \(reason)"
            }
        }
    }

    /// What the file holds; nil when there is none.
    package func read() throws(Unusable) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure()
        }
        defer { close(descriptor) }
        try check(descriptor)
        var bytes = [UInt8](repeating: 0, count: Self.bytesMax + 1)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure() }
        return Array(bytes.prefix(count))
    }

    private func check(_ descriptor: Int32) throws(Unusable) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        let mode = status.st_mode & 0o7777
        guard mode & ~0o600 == 0 else { throw .tooOpen(path: path, mode: "0" + String(mode, radix: 8)) }
    }

    /// Writes the file as a whole or not at all, and to the disk; false when there is one already.
    package func create(_ text: String) throws(Unusable) -> Bool {
        let draft = "\(path).\(UUID().uuidString)"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { unlink(draft) }
        let bytes = Array(text.utf8)
        let written = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let writeError = errno
        close(descriptor)
        guard written else { throw failure(writeError) }
        guard link(draft, path) == 0 else {
            if errno == EEXIST { return false }
            throw failure()
        }
        syncDirectory()
        return true
    }

    /// Takes the name of another file, and its place when there is one.
    package func take(name path: String) throws(Unusable) {
        guard rename(self.path, path) == 0 else { throw failure() }
        syncDirectory()
    }

    package func remove() throws(Unusable) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure() }
        syncDirectory()
    }

    /// Without this a power cut could take the name away again.
    private func syncDirectory() {
        let descriptor = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func failure(_ code: Int32 = errno) -> Unusable {
        .unreadable(path: path, reason: String(cString: strerror(code)))
    }
}
