import Synchronization

/// Which streams have events that the indexes do not hold yet: from which position, and through which revision.
///
/// The writer's thread changes it after each commit and before anybody is told. Readers of the same process ask it
/// where they must look, so that they need not walk the tail for a stream that has nothing in it.
final class UnindexedEvents: Sendable {
    /// Events of one stream.
    struct Run {
        let stream: Int
        /// The position of the first.
        let first: Int
        /// The revision of the last.
        var revision: Int
    }

    private let runs = Mutex<[Int: Run]>([:])

    func run(of stream: Int) -> Run? { runs.withLock { $0[stream] } }

    /// In the order of their positions.
    func add(_ appended: [Run]) {
        runs.withLock { runs in
            for run in appended {
                runs[run.stream, default: run].revision = run.revision
            }
        }
    }

    func removeAll() { runs.withLock { $0.removeAll(keepingCapacity: true) } }
}
