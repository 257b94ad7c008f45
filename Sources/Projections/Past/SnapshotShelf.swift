import Foundation
import Synchronization

/// The snapshots of a data directory, `snapshots/`: disposable, and believed only after a look at every byte.
final class SnapshotShelf: Sendable {
    static let folderName = "snapshots"

    let directory: String
    let epoch: String
    private let state: Mutex<State>

    private struct State {
        /// In the order of their positions.
        var files: [SnapshotFile]
        var checked: Set<SnapshotFile> = []
        var round = 0
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

    /// How often everything was removed.
    var round: Int { state.withLock { $0.round } }

    /// From here on none is believed that was made before.
    func removeAll() {
        let files = state.withLock { state in
            defer { (state.files, state.checked, state.round) = ([], [], state.round + 1) }
            return state.files
        }
        for file in files + SnapshotFile.all(in: directory) { file.remove() }
    }

    /// It was just made here, in this round: one of an earlier round is removed.
    func add(_ file: SnapshotFile, round: Int) {
        state.withLock { state in
            guard round == state.round else { return file.remove() }
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
