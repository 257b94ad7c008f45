import Foundation

/// The right to be a data directory's one writer: an advisory lock on a file that names its holder.
///
/// The kernel lets go of it when the process ends, however it ends: `kill -9` never blocks a restart.
package final class DirectoryLock: Sendable {
    package static let fileName = "lock"
    private let descriptor: Int32

    /// - Parameter holder: one line that tells a person (and the command line) who holds the directory.
    package init(directory: String, holder: String) throws {
        let path = directory + "/" + Self.fileName
        // The property is set last: a refused lock must not reach `deinit`, which would close another's descriptor.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalError.storageFailed("\(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw JournalError.storageFailed("\(path): \(String(cString: strerror(reason)))")
            }
            throw JournalError.locked(directory: directory, holder: Self.holder(of: directory) ?? "another process")
        }
        self.descriptor = descriptor
        name(holder)
    }

    deinit {
        ftruncate(descriptor, 0)
        close(descriptor)
    }

    /// Says again who holds it, once more is known, as the port is after it was bound.
    package func name(_ holder: String) {
        ftruncate(descriptor, 0)
        let line = Array((holder + "\n").utf8)
        pwrite(descriptor, line, line.count, 0)
    }

    /// Who holds the directory, or held it when its process was killed.
    package static func holder(of directory: String) -> String? {
        guard let text = try? String(contentsOfFile: directory + "/" + fileName, encoding: .utf8) else { return nil }
        let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return line.isEmpty ? nil : line
    }
}
