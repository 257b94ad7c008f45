import Domain
import Foundation

extension RuntimeStore {
    /// Keeps a new key under what its secret hashes to. The secret itself never comes here.
    /// - Throws: `RuntimeStoreError`, or what the disk says; there is no such key then.
    package func createKey(_ new: NewAPIKey, digest: KeyDigest) throws -> APIKey {
        let key = APIKey(
            id: UUID().uuidString.lowercased(), kind: new.kind, name: new.name, account: new.account, role: new.role,
            permissions: new.permissions, createdAt: clock.now, createdBy: new.createdBy, expiresAt: new.expiresAt)
        let stored = StoredKey(key: key, digest: digest)
        let forgotten = try keyRing.add(stored, at: clock.now)
        do {
            try write { db in
                try KeyRing.delete(forgotten, db)
                try KeyRing.insert(stored, db)
            }
        } catch {
            keyRing.remove(id: key.id)
            throw error
        }
        return key
    }

    /// The key whose secret hashes to this, be it active, expired or revoked.
    package func key(_ digest: KeyDigest) -> APIKey? { keyRing.key(digest) }

    package func key(id: String) -> APIKey? { keyRing.key(id: id) }

    /// - Parameters:
    ///   - account: only the keys that act for this account; nil for all keys.
    ///   - page: from 1.
    package func keys(of account: AccountID? = nil, page: Int, perPage: Int) -> APIKeyPage {
        keyRing.page(page, perPage: perPage) { account == nil || $0.account == account }
    }

    /// - Parameters:
    ///   - page: from 1.
    ///   - isVisible: which keys the reader may see; the total counts no others.
    package func keys(page: Int, perPage: Int, where isVisible: (APIKey) -> Bool) -> APIKeyPage {
        keyRing.page(page, perPage: perPage, matching: isVisible)
    }

    /// Ends a key, at once and for good; ending it again changes nothing.
    /// - Returns: the key; nil when there is none of this id.
    /// - Throws: what the disk says. The key is of no use then either, but only until the next start: revoke it again.
    package func revokeKey(id: String) throws -> APIKey? {
        guard let key = keyRing.revoke(id: id, at: clock.now) else { return nil }
        try write { db in try KeyRing.saveRevocation(id, at: key.revokedAt ?? clock.now, db) }
        return key
    }

    /// The key was used. Written with the next batch.
    package func touchKey(id: String) {
        keyRing.touch(id: id, at: clock.now)
    }
}
