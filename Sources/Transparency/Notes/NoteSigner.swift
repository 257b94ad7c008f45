import Crypto

/// A private key with its name. It never shows itself: neither in a description nor in a dump.
package struct NoteSigner: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let key: NoteKey
    private let secret: Curve25519.Signing.PrivateKey

    /// A new one.
    package init(name: String, kind: NoteKey.Kind) {
        self.init(name: name, kind: kind, secret: Curve25519.Signing.PrivateKey())
    }

    private init(name: String, kind: NoteKey.Kind, secret: Curve25519.Signing.PrivateKey) {
        self.secret = secret
        key = NoteKey(name: name, kind: kind, publicKey: Array(secret.publicKey.rawRepresentation))
    }

    /// Reads `PRIVATE+KEY+name+hash+base64`, as Go's note package writes it; nil when it is none.
    init?(storedText: String) {
        let parts = storedText.split(separator: "+", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY", NoteKey.isName(parts[2]),
            let bytes = Base64.decode(parts[4]), bytes.count == 33, let kind = NoteKey.Kind(rawValue: bytes[0]),
            let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.dropFirst())
        else { return nil }
        self.init(name: parts[2], kind: kind, secret: secret)
        guard key.id.hexadecimal == parts[3] else { return nil }
    }

    /// For a file that nobody else can read.
    var storedText: String {
        let secret = Base64.encode([key.kind.rawValue] + Array(self.secret.rawRepresentation))
        return "PRIVATE+KEY+\(key.name)+\(key.id.hexadecimal)+\(secret)"
    }

    /// - Parameter seconds: the moment that a witness vouches for; other kinds of keys have none.
    package func sign(_ text: [UInt8], seconds: Int = 0) throws -> NoteSignature {
        switch key.kind {
        case .ed25519: return NoteSignature(key, Array(try secret.signature(for: text)))
        case .cosignature:
            let signature = try secret.signature(for: Cosignature.message(over: text, seconds: seconds))
            return NoteSignature(key, Cosignature(seconds: seconds, signature: Array(signature)).bytes)
        }
    }

    package var description: String { "the private key of \(key)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
