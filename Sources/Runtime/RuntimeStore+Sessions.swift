import Domain

extension RuntimeStore {
    /// Keeps a new session under what its secret hashes to. The secret itself never comes here.
    /// - Throws: what the disk says; there is no such session then.
    package func createSession(_ session: Session, digest: KeyDigest) throws {
        let forgotten = sessions.add(session, digest, at: clock.now)
        do {
            try write { db in
                try SessionBoard.delete(forgotten + [digest], db)
                try SessionBoard.insert(session, digest, db)
            }
        } catch {
            _ = sessions.remove(digest)
            throw error
        }
    }

    /// The session whose secret hashes to this; nil when it has ended, or what it rests on has.
    package func session(_ digest: KeyDigest, _ kind: Session.Kind) -> Session? {
        guard let session = sessions.find(digest), session.kind == kind, holds(session) else { return nil }
        return session
    }

    /// Ends a session; of two who end the same one, only one gets it.
    /// - Throws: what the disk says. It has ended then either, but only until the next start.
    package func endSession(_ digest: KeyDigest) throws -> Session? {
        guard let session = sessions.remove(digest) else { return nil }
        try write { db in try SessionBoard.delete([digest], db) }
        return holds(session) ? session : nil
    }

    private func holds(_ session: Session) -> Bool {
        let now = clock.now
        guard session.expiresAt > now else { return false }
        return switch session.origin {
        case .key(let id): key(id: id)?.state(at: now) == .active
        case .token(let id): id.map { !isTokenRevoked(id: $0) } ?? true
        case .server: true
        }
    }
}
