import Crypto
import Domain
import Runtime

/// The text of a session's cookie or of a sign-in link: `lm_ses_` and 32 random bytes in base64url.
struct SessionSecret: Sendable, CustomStringConvertible, CustomReflectable {
    static let prefix = "lm_ses_"
    private static let bytesCount = 32

    let text: String
    private let bytes: [UInt8]

    static func random() -> SessionSecret {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)
        return SessionSecret(bytes)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        text = Self.prefix + Base64URL.encode(bytes)
    }

    /// nil when the text cannot be one.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64URL.decode(text.utf8.dropFirst(Self.prefix.utf8.count)),
            bytes.count == Self.bytesCount
        else { return nil }
        self.init(bytes)
    }

    /// A fast hash is enough: 256 random bits cannot be guessed.
    var digest: KeyDigest {
        guard let digest = KeyDigest(Array(SHA256.hash(data: Array(text.utf8)))) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
    }

    /// As the header has it.
    var authorization: String { "Bearer \(text)" }

    /// What forms and scripts of the session's own pages send along; other sites cannot know it.
    var formToken: String { Base64URL.encode(Array(formCode)) }

    /// Takes as long for a near miss as for any other.
    func isFormToken(_ text: String) -> Bool {
        guard let bytes = Base64URL.decode(text.utf8) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: Self.formPurpose, using: key)
    }

    /// Bytes as part of an address of this session's pages.
    func signed(_ bytes: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.noticePurpose + bytes, using: key)
        return Base64URL.encode(bytes) + "." + Base64URL.encode(Array(code))
    }

    /// nil when nobody of this session has signed it.
    func verified(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Base64URL.decode(parts[0].utf8), let code = Base64URL.decode(parts[1].utf8),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.noticePurpose + bytes, using: key)
        else { return nil }
        return bytes
    }

    private static let noticePurpose = Array("botcontrol dashboard notice\0".utf8)
    private static let formPurpose = Array("botcontrol dashboard forms".utf8)
    private var key: SymmetricKey { SymmetricKey(data: bytes) }
    private var formCode: HMAC<SHA256>.MAC { HMAC<SHA256>.authenticationCode(for: Self.formPurpose, using: key) }

    var description: String { "the secret of a session" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
