import Domain
import Synchronization

/// What was done in chat, as workers report it: taken into memory at once, and into the file with the next batch.
///
/// It is bounded everywhere: what cannot be written waits up to a number of lines, and then the oldest are lost.
final class ModerationLog: Sendable {
    /// Lines that wait to be written while the disk refuses.
    static let unsavedMax = 10_000
    /// A record that comes again among so many is the same one, sent twice by a worker that heard no answer.
    static let recognisedMax = 10_000

    fileprivate struct State {
        var lastID: Int
        var unsaved: [NewModerationLine] = []
        /// How far each stream of reports has been read.
        var places: [String: String]
        var unsavedPlaces: Set<String> = []
        /// Hashes of the last records, and their order.
        var recognised: Set<Int> = []
        var order: [Int] = []
    }

    /// What is to be written together: lines, and the places in the streams that they came from.
    struct Batch {
        let lines: [NewModerationLine], places: [String: String]

        var isEmpty: Bool { lines.isEmpty && places.isEmpty }
    }

    private let state: Mutex<State>

    init(_ contents: Contents) {
        state = Mutex(State(lastID: contents.lastID, places: contents.places))
    }

    var lastID: Int { state.withLock { $0.lastID } }

    func place(in source: String) -> String? { state.withLock { $0.places[source] } }

    /// - Parameter place: up to where a stream has been read with these records.
    func append(
        _ records: [ModerationRecord], place: ReportPlace?, at now: Timestamp
    ) -> (lines: [NewModerationLine], droppedCount: Int) {
        let encoded = records.map { record in
            var writer = JSONWriter(capacityBytes: 1024)
            record.encode(into: &writer)
            return (record, writer.bytes)
        }
        return state.withLock { state in
            var lines: [NewModerationLine] = []
            for (record, bytes) in encoded where state.isNew(bytes) {
                state.lastID = max(state.lastID + 1, now.microseconds)
                lines.append(NewModerationLine(id: state.lastID, record, bytes))
            }
            state.unsaved += lines
            if let place {
                state.places[place.source] = place.entry
                state.unsavedPlaces.insert(place.source)
            }
            let droppedCount = max(0, state.unsaved.count - Self.unsavedMax)
            state.unsaved.removeFirst(droppedCount)
            return (lines, droppedCount)
        }
    }

    /// In their order.
    var unsaved: [NewModerationLine] { state.withLock { $0.unsaved } }

    /// What waits stays readable here until it is said to be saved.
    var batch: Batch {
        state.withLock { state in
            let places = state.unsavedPlaces.map { ($0, state.places[$0] ?? "") }
            return Batch(lines: state.unsaved, places: Dictionary(uniqueKeysWithValues: places))
        }
    }

    func saved(_ batch: Batch) {
        state.withLock { state in
            if let last = batch.lines.last?.line.id {
                let count = state.unsaved.firstIndex { $0.line.id > last } ?? state.unsaved.count
                state.unsaved.removeFirst(count)
            }
            for (source, entry) in batch.places where state.places[source] == entry {
                state.unsavedPlaces.remove(source)
            }
        }
    }
}

/// Up to where a stream of reports has been read.
package struct ReportPlace: Equatable, Sendable {
    /// The stream's name.
    package let source: String
    /// The last entry that was read.
    package let entry: String

    package init(source: String, entry: String) {
        (self.source, self.entry) = (source, entry)
    }
}

extension ModerationLog.State {
    fileprivate mutating func isNew(_ bytes: [UInt8]) -> Bool {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        let hash = hasher.finalize()
        guard recognised.insert(hash).inserted else { return false }
        order.append(hash)
        // In large steps: taking the first of an array moves all the others.
        if order.count >= 2 * ModerationLog.recognisedMax {
            recognised.subtract(order.prefix(ModerationLog.recognisedMax))
            order.removeFirst(ModerationLog.recognisedMax)
        }
        return true
    }
}
