import Domain
import Synchronization

/// The sessions in memory, by what their secrets hash to: how long a look takes says nothing about other secrets.
final class SessionBoard: Sendable {
    private let sessions: Mutex<[KeyDigest: Session]>
    private let endings = Atomic<Int>(0)
    private let countMax: Int

    init(_ sessions: [KeyDigest: Session], countMax: Int) {
        self.sessions = Mutex(sessions)
        self.countMax = countMax
    }

    /// Grows with every session that is ended.
    var version: Int { endings.load(ordering: .acquiring) }

    func find(_ digest: KeyDigest) -> Session? { sessions.withLock { $0[digest] } }

    /// - Returns: those that made room: what has expired, then the oldest.
    func add(_ session: Session, _ digest: KeyDigest, at now: Timestamp) -> [KeyDigest] {
        let gone = sessions.withLock { sessions -> [KeyDigest] in
            var gone: [KeyDigest] = []
            if sessions.count >= countMax {
                gone = sessions.filter { $0.value.expiresAt <= now }.map(\.key)
                if gone.isEmpty, let oldest = sessions.min(by: { $0.value.createdAt < $1.value.createdAt }) {
                    gone = [oldest.key]
                }
            }
            for digest in gone { sessions[digest] = nil }
            sessions[digest] = session
            return gone
        }
        if !gone.isEmpty { endings.add(1, ordering: .releasing) }
        return gone
    }

    /// - Returns: the session that was ended; one caller alone gets it.
    func remove(_ digest: KeyDigest) -> Session? {
        let session = sessions.withLock { $0.removeValue(forKey: digest) }
        if session != nil { endings.add(1, ordering: .releasing) }
        return session
    }
}
