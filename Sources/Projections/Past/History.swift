import Domain
import EventStore
import Foundation
import GRDB
import Synchronization

/// The past of the read models: what they said right after any position of the journal.
///
/// They are a fold of the events, so the past is a fold of fewer. A snapshot near the position is carried on from
/// there; without one the fold begins at the first event, which takes longer and says the same.
package final class History: Sendable {
    package let journal: any JournalReading
    let shelf: SnapshotShelf
    private let views = PastViews()
    private let directory: Mutex<StreamDirectory?>

    /// - Parameter directory: the data directory; its snapshots may be missing, and may be made meanwhile.
    package init(journal: any JournalReading, epoch: String, directory: String) {
        self.journal = journal
        shelf = SnapshotShelf(directory: Self.snapshots(in: directory), epoch: epoch)
        self.directory = Mutex(nil)
    }

    /// The last position at a moment: of the clock, the last event that was recorded until then.
    package func position(of moment: Moment, now: Timestamp) throws -> Int {
        let head = journal.head
        switch moment {
        case .position(let position):
            guard position <= head else { throw NotYet(moment: moment, head: head) }
            return position
        case .time(let time):
            guard time <= now else { throw NotYet(moment: moment, head: head) }
            return min(head, try journal.firstPosition(recordedAtOrAfter: time.microseconds + 1) - 1)
        }
    }

    /// Reads the read models as they were. It keeps its thread busy: not for a thread of Swift's own pool.
    package func read<Value>(at position: Int, _ body: (PastReadModels) throws -> Value) throws -> Value {
        let erasures = shelf.erasures
        let base = shelf.nearest(through: position)
        let view = try views.take(base: base, for: position) ?? PastView(base: base, epoch: shelf.epoch)
        let past = PastReadModels(position: position, view: view, journal: journal) { [self] in try streams() }
        do {
            let value = try body(past)
            giveBack(view, takenAfter: erasures)
            return value
        } catch let error as DatabaseError {
            // Nobody knows how it stands.
            throw error
        } catch {
            giveBack(view, takenAfter: erasures)
            throw error
        }
    }

    private func giveBack(_ view: PastView, takenAfter erasures: Int) {
        if shelf.erasures == erasures { views.giveBack(view) }
    }

    /// Personal text was erased: whatever was made of the events before may still hold it.
    package func clear() {
        shelf.clear()
        views.forget()
    }

    /// The same for a data directory that is not in use.
    package static func discard(in directory: String) {
        try? FileManager.default.removeItem(atPath: snapshots(in: directory))
    }

    private static func snapshots(in directory: String) -> String { directory + "/snapshots" }

    /// The documents are made in another way from here on.
    func forget() {
        views.forget()
    }

    /// All streams that there are by now.
    func streams() throws -> StreamDirectory {
        try directory.withLock { known in
            var streams = try known ?? StreamDirectory(journal)
            try streams.load()
            known = streams
            return streams
        }
    }
}

/// A moment that has not come.
package struct NotYet: Error, CustomStringConvertible {
    package let moment: Moment, head: Int

    package var description: String {
        switch moment {
        case .position(let position): "position \(position) is not there yet: the journal ends at \(head)"
        case .time(let time): "\(time) has not come yet"
        }
    }
}
