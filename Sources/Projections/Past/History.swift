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
    /// Of the documents that are live.
    let generation: @Sendable () -> Int
    private let known: Mutex<Int>

    /// - Parameters:
    ///   - directory: the data directory; its snapshots may be missing, and may be made meanwhile.
    ///   - generation: grows when other documents are made of the same events: then the past says something else, too.
    package init(
        journal: any JournalReading, epoch: String, directory: String,
        generation: @escaping @Sendable () -> Int = { 0 }
    ) {
        (self.journal, self.generation) = (journal, generation)
        known = Mutex(generation())
        shelf = SnapshotShelf(directory: "\(directory)/\(SnapshotShelf.folderName)", epoch: epoch)
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
        follow()
        let round = shelf.round
        let base = shelf.nearest(through: position)
        let view = try views.take(base: base, for: position) ?? PastView(base: base, epoch: shelf.epoch)
        let past = PastReadModels(position: position, view: view, journal: journal) { [self] in try streams() }
        do {
            let value = try body(past)
            giveBack(view, round)
            return value
        } catch let error as DatabaseError {
            // Nobody knows how it stands.
            throw error
        } catch {
            giveBack(view, round)
            throw error
        }
    }

    private func giveBack(_ view: PastView, _ round: Int) {
        if round == shelf.round { views.giveBack(view) }
    }

    /// What was made so far must not be read any more: it says what was erased, or was made in another way.
    package func forget() {
        known.withLock { $0 = generation() }
        shelf.removeAll()
        views.forget()
    }

    /// After a rebuild that has made other documents.
    func follow() {
        let now = generation()
        if known.withLock({ $0 != now }) { forget() }
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
