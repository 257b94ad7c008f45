import Synchronization

/// A switch that threads share.
final class Gate: Sendable {
    private let state: Mutex<Bool>

    init(_ value: Bool = false) {
        state = Mutex(value)
    }

    var value: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
