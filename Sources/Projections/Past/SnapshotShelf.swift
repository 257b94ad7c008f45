import Foundation
import Synchronization

/// The snapshots of a data directory, `snapshots/`: disposable, and believed only after a look at every byte.
final class SnapshotShelf: Sendable {
    let directory: String
    let epoch: String
    private let state: Mutex<State>

    private struct State {
        /// In the order of their positions.
        var files: [SnapshotFile]
        var checked: Set<SnapshotFile> = []
        /// Grows with every erasure: what was begun before one must not be kept after it.
        var erasures = 0
    }

    init(directory: String, epoch: String) {
        (self.directory, self.epoch) = (directory, epoch)
        state = Mutex(State(files: SnapshotFile.all(in: directory)))
    }

    var files: [SnapshotFile] { state.withLock { $0.files } }

    /// The one that a position is reached from soonest; nil: from the journal's beginning.
    func nearest(through position: Int) -> SnapshotFile? {
        while let file = files.last(where: { $0.position <= position }) {
            if isSound(file) { return file }
            forget(file)
        }
        return nil
    }

    /// Looks at every byte the first time, which takes some milliseconds.
    func isSound(_ file: SnapshotFile) -> Bool {
        if state.withLock({ $0.checked.contains(file) }) { return true }
        // SQLite opens what it may not write in another way.
        guard FileManager.default.isWritableFile(atPath: file.path), file.isIntact(epoch: epoch) else { return false }
        state.withLock { _ = $0.checked.insert(file) }
        return true
    }

    var erasures: Int { state.withLock { $0.erasures } }

    /// Takes away all that there is, since it may say what nobody may read any more.
    func clear() {
        let files = state.withLock { state in
            defer { (state.files, state.checked, state.erasures) = ([], [], state.erasures + 1) }
            return state.files
        }
        for file in files { file.remove() }
    }

    /// It was just made here.
    ///
    /// - Parameter erasures: how many there had been when it was begun.
    func add(_ file: SnapshotFile, begunAfter erasures: Int) {
        state.withLock { state in
            guard state.erasures == erasures else { return file.remove() }
            state.files.removeAll { $0.position == file.position }
            state.files.append(file)
            state.files.sort { $0.position < $1.position }
            state.checked.insert(file)
        }
    }

    /// Takes it off the shelf; the file stays for whoever reads it.
    func forget(_ file: SnapshotFile) {
        state.withLock { state in
            state.files.removeAll { $0 == file }
            state.checked.remove(file)
        }
    }
}
