import Crypto
import Domain
import Runtime

/// The text of an API key: `lm_usr_` or `lm_sys_` and 32 random bytes in base64url. Shown to its owner once.
package struct KeySecret: Sendable, CustomStringConvertible, CustomReflectable {
    static let bytesCount = 32
    package let text: String

    static func prefix(_ kind: APIKey.Kind) -> String {
        switch kind {
        case .user: "lm_usr_"
        case .system: "lm_sys_"
        }
    }

    static func random(_ kind: APIKey.Kind) -> KeySecret {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)
        return KeySecret(text: prefix(kind) + Base64URL.encode(bytes))
    }

    private init(text: String) {
        self.text = text
    }

    /// nil when the text cannot be one: it has another prefix or length.
    init?(_ text: String) {
        guard let kind = APIKey.Kind.allCases.first(where: { text.hasPrefix(Self.prefix($0)) }),
            Base64URL.decode(text.utf8.dropFirst(Self.prefix(kind).utf8.count))?.count == Self.bytesCount
        else { return nil }
        self.text = text
    }

    /// A fast hash is enough: 256 random bits cannot be guessed, however quickly one may try.
    var digest: KeyDigest {
        guard let digest = KeyDigest(Array(SHA256.hash(data: Array(text.utf8)))) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
    }

    package var description: String { "the secret of an API key" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension RuntimeStore {
    /// Makes a key. The secret is in this answer and nowhere else.
    package func issueKey(_ new: NewAPIKey) throws -> (key: APIKey, secret: KeySecret) {
        let secret = KeySecret.random(new.kind)
        return (try createKey(new, digest: secret.digest), secret)
    }

    /// The key that the secret belongs to, be it active, expired or revoked; nil when there is none.
    package func key(secret: String) -> APIKey? {
        KeySecret(secret).flatMap { key($0.digest) }
    }
}
