import Domain
import Synchronization

/// Callers whose credentials were verified a moment ago, by the header that they sent.
///
/// Two generations: when the young one is full it becomes the old one, and what is asked for again moves to the young.
final class VerifiedCallers: Sendable {
    struct Entry {
        let caller: Caller
        let expiresAt: Timestamp
        /// As things stood before the verification began: when they have changed since, it must be made again.
        let epoch: Epoch
        let isFromKeySet: Bool
        let headerBytesCount: Int
    }

    /// Which revocations and which key set an answer rests on.
    struct Epoch: Equatable {
        let access: Int, keySet: Int
    }

    private struct State {
        var young: [String: Entry] = [:]
        var old: [String: Entry] = [:]
    }

    private let state = Mutex(State())
    private let generationCountMax: Int

    init(countMax: Int) {
        generationCountMax = max(1, countMax / 2)
    }

    /// Strings that look alike are equal in Swift, even when their bytes differ; then their lengths differ too.
    func entry(_ header: String) -> Entry? {
        let entry = state.withLock { state -> Entry? in
            if let entry = state.young[header] { return entry }
            guard let entry = state.old.removeValue(forKey: header) else { return nil }
            Self.keep(entry, header, in: &state, countMax: generationCountMax)
            return entry
        }
        return entry?.headerBytesCount == header.utf8.count ? entry : nil
    }

    func keep(_ entry: Entry, for header: String) {
        state.withLock { Self.keep(entry, header, in: &$0, countMax: generationCountMax) }
    }

    func remove(_ header: String) {
        state.withLock { state in
            state.young[header] = nil
            state.old[header] = nil
        }
    }

    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    private static func keep(_ entry: Entry, _ header: String, in state: inout State, countMax: Int) {
        if state.young.count >= countMax { (state.old, state.young) = (state.young, [:]) }
        state.young[header] = entry
    }
}
