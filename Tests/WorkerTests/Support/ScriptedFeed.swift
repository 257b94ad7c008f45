import Domain
import Synchronization
import Worker

/// A feed that a test holds in its hands: it serves a model, and breaks when it is told to.
final class ScriptedFeed: FeedSource {
    struct Down: Error {}

    struct State {
        var model = FeedModel()
        var snapshotError: (any Error)?
        var followError: (any Error)?
        var acknowledgeError: (any Error)?
        /// Ends every stream after what there is.
        var endsStreams = false
        /// Keeps streams open and says nothing.
        var isSilent = false
        /// Messages that are sent before what the model says.
        var interjected: [FeedMessage] = []
        var snapshotCount = 0, followCount = 0
        var acknowledgements: [Acknowledgement] = []
        var reports: [Report] = []
        var reportError: (any Error)?
    }

    let transport = Acknowledgement.Transport.local
    private let state: Mutex<State>

    init(_ model: FeedModel = FeedModel(), _ prepare: (inout State) -> Void = { _ in }) {
        var state = State(model: model)
        prepare(&state)
        self.state = Mutex(state)
    }

    func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }

    var snapshotCount: Int { state.withLock { $0.snapshotCount } }
    var followCount: Int { state.withLock { $0.followCount } }
    var acknowledgements: [Acknowledgement] { state.withLock { $0.acknowledgements } }
    var model: FeedModel { state.withLock { $0.model } }

    func snapshot(beside held: HeldDocuments) async throws -> FeedSnapshot {
        try state.withLock { state in
            state.snapshotCount += 1
            if let error = state.snapshotError { throw error }
            return state.model.snapshot
        }
    }

    func follow(
        after id: ChangeID, in epoch: String, deliver: @Sendable (FeedMessage) async throws -> Void
    ) async throws {
        let interjected = try state.withLock { state in
            state.followCount += 1
            if let error = state.followError { throw error }
            return state.interjected
        }
        for message in interjected { try await deliver(message) }
        var cursor = id
        while !Task.isCancelled {
            let (model, ends, error, isSilent) = state.withLock {
                ($0.model, $0.endsStreams, $0.followError, $0.isSilent)
            }
            if let error { throw error }
            if isSilent {
                try await Task.sleep(for: .milliseconds(5))
                continue
            }
            if model.epoch != epoch { return try await deliver(.reset) }
            let changes = model.changes(after: cursor)
            if !changes.isEmpty { try await deliver(.changes(changes)) }
            cursor = model.last
            try await deliver(.bookmark(model.head))
            if ends { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    var reports: [Report] { state.withLock { $0.reports } }

    func report(_ report: Report) throws {
        try state.withLock { state in
            if let error = state.reportError { throw error }
            state.reports.append(report)
        }
    }

    func acknowledge(_ acknowledgement: Acknowledgement) async throws {
        try state.withLock { state in
            if let error = state.acknowledgeError { throw error }
            state.acknowledgements.append(acknowledgement)
        }
    }
}
