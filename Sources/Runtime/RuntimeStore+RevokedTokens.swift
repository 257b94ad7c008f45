import Domain

extension RuntimeStore {
    /// Ends a signed token at once and for good; ending it again changes nothing, nor does ending one that has expired.
    /// - Throws: `RuntimeStoreError`, or what the disk says. In the latter case it counts only until the next start:
    ///   revoke it again.
    package func revokeToken(id: String, expiresAt: Timestamp) throws {
        guard (1...RevokedTokens.idBytesMax).contains(id.utf8.count) else { throw RuntimeStoreError.invalidTokenID }
        let now = clock.now
        guard expiresAt > now else { return }
        let kept = try revokedTokens.add(id, expiresAt: expiresAt, at: now)
        try write { db in try RevokedTokens.save(id, expiresAt: kept, at: now, db) }
        revokedTokens.forgetExpired(at: now)
    }

    /// From memory: cheap enough for every request.
    package func isTokenRevoked(id: String) -> Bool { revokedTokens.contains(id) }
}
