import Domain
import Synchronization

/// A key and what its secret hashes to.
struct StoredKey {
    var key: APIKey
    let digest: KeyDigest
}

/// The API keys in memory. A secret is found by its hash alone: how long that takes says nothing about other secrets.
final class KeyRing: Sendable {
    /// Keys that have ended are shown this long, then forgotten.
    static let endedKeptSeconds = 90 * 86_400.0
    /// How exactly a key's last use is known.
    static let useResolutionSeconds = 60.0

    private struct State {
        var keys: [String: StoredKey] = [:]
        var ids: [KeyDigest: String] = [:]
        /// In the order of their creation.
        var order: [String] = []
        var unsavedUses: Set<String> = []
    }

    private let state: Mutex<State>
    private let revocations = Atomic<Int>(0)
    private let countMax: Int

    init(_ keys: [StoredKey], countMax: Int) {
        var state = State()
        for stored in keys { Self.insert(stored, into: &state) }
        self.state = Mutex(state)
        self.countMax = countMax
    }

    var version: Int { revocations.load(ordering: .acquiring) }

    func key(_ digest: KeyDigest) -> APIKey? {
        state.withLock { state in state.ids[digest].flatMap { state.keys[$0]?.key } }
    }

    func key(id: String) -> APIKey? { state.withLock { $0.keys[id]?.key } }

    func page(_ number: Int, perPage: Int, matching: (APIKey) -> Bool) -> APIKeyPage {
        let matches = state.withLock { state in
            state.order.reversed().compactMap { state.keys[$0]?.key }.filter(matching)
        }
        let (start, overflow) = max(0, number - 1).multipliedReportingOverflow(by: max(1, perPage))
        let keys = overflow ? [] : Array(matches.dropFirst(start).prefix(max(1, perPage)))
        return APIKeyPage(keys: keys, total: matches.count)
    }

    /// Takes the key in; the answer names those that made room for it.
    func add(_ stored: StoredKey, at now: Timestamp) throws(RuntimeStoreError) -> [String] {
        let outcome = state.withLock { state -> Result<[String], RuntimeStoreError> in
            guard state.ids[stored.digest] == nil else { return .failure(.digestTaken) }
            let forgotten = state.keys.count < countMax ? [] : Self.forgetEnded(&state, at: now)
            guard state.keys.count < countMax else { return .failure(.tooManyKeys(countMax: countMax)) }
            Self.insert(stored, into: &state)
            return .success(forgotten)
        }
        return try outcome.get()
    }

    /// Takes the key out again, as when it could not be written.
    func remove(id: String) {
        state.withLock { Self.remove([id], from: &$0) }
    }

    /// The key as it is now; nil when there is none of this id.
    func revoke(id: String, at now: Timestamp) -> APIKey? {
        state.withLock { state in
            guard var stored = state.keys[id] else { return nil }
            if stored.key.revokedAt == nil {
                stored.key.revokedAt = now
                state.keys[id] = stored
                revocations.add(1, ordering: .releasing)
            }
            return stored.key
        }
    }

    func touch(id: String, at now: Timestamp) {
        state.withLock { state in
            guard let known = state.keys[id]?.key else { return }
            if let last = known.lastUsedAt, now.seconds(since: last) < Self.useResolutionSeconds { return }
            state.keys[id]?.key.lastUsedAt = now
            state.unsavedUses.insert(id)
        }
    }

    func takeUnsavedUses() -> [String: Timestamp] {
        state.withLock { state in
            defer { state.unsavedUses = [] }
            var uses: [String: Timestamp] = [:]
            for id in state.unsavedUses { uses[id] = state.keys[id]?.key.lastUsedAt }
            return uses
        }
    }

    func putBack(_ uses: [String: Timestamp]) {
        state.withLock { $0.unsavedUses.formUnion(uses.keys) }
    }

    static func isForgettable(_ key: APIKey, at now: Timestamp) -> Bool {
        key.endedAt.map { now.seconds(since: $0) >= endedKeptSeconds } ?? false
    }

    private static func forgetEnded(_ state: inout State, at now: Timestamp) -> [String] {
        let ended = state.keys.values.map(\.key).filter { isForgettable($0, at: now) }.map(\.id)
        remove(Set(ended), from: &state)
        return ended
    }

    private static func insert(_ stored: StoredKey, into state: inout State) {
        state.keys[stored.key.id] = stored
        state.ids[stored.digest] = stored.key.id
        state.order.append(stored.key.id)
    }

    private static func remove(_ ids: Set<String>, from state: inout State) {
        guard !ids.isEmpty else { return }
        for id in ids {
            if let stored = state.keys.removeValue(forKey: id) { state.ids[stored.digest] = nil }
        }
        state.order.removeAll { ids.contains($0) }
        state.unsavedUses.subtract(ids)
    }
}
