import Foundation

/// Lets one process at a time ask for a new token: a refresh token is good once on some platforms.
struct CredentialsLock: ~Copyable {
    private let file: Int32

    /// nil when it cannot be had: the directory is read-only, or somebody has it for too long.
    init?(beside path: String) async {
        let file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        for _ in 0..<150 {
            if flock(file, LOCK_EX | LOCK_NB) == 0 {
                self.file = file
                return
            }
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { break }
        }
        close(file)
        return nil
    }

    deinit { close(file) }
}
