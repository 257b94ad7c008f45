import Crypto
import EventStore
import Foundation

/// The local secret that signs tokens (HS256, RFC 7518, section 3.2): 32 random bytes in a file of their own.
///
/// It never shows itself: neither in a description nor in a dump.
package struct SigningKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package static let fileName = "signing.key"
    static let bytesCount = 32
    private let key: SymmetricKey

    /// Why the file cannot be used; each says what to do.
    package enum Unusable: Error, Equatable, CustomStringConvertible {
        case tooOpen(path: String, mode: String)
        case malformed(path: String)
        case unreadable(path: String, reason: String)

        package var description: String {
            switch self {
            case .tooOpen(let path, let mode):
                "\(path) has mode \(mode), so that others may read it: run chmod 600 on it, "
                    + "or delete it to begin with a new one, which ends every token"
            case .malformed(let path):
                "\(path) does not hold 32 bytes in base64url: restore it from a backup, "
                    + "or delete it to begin with a new one, which ends every token"
            case .unreadable(let path, let reason): "\(path) cannot be used: \(reason)"
            }
        }
    }

    /// - Parameter bytes: 32 of them.
    init(bytes: [UInt8]) {
        key = SymmetricKey(data: bytes)
    }

    /// Reads the key of a data directory, or makes one on the first start.
    /// - Throws: `Unusable`.
    package static func open(directory: String) throws(Unusable) -> SigningKey {
        let file = SecretFile(path: directory + "/" + fileName)
        let text = try read(file)
        return try parse(text, path: file.path)
    }

    /// What the file holds, in the end.
    private static func read(_ file: SecretFile) throws(Unusable) -> [UInt8] {
        do throws(SecretFile.Unusable) {
            if let text = try file.read() { return text }
            let fresh = Base64URL.encode(SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)) + "\n"
            if try file.create(fresh) { return Array(fresh.utf8) }
            if let text = try file.read() { return text }
        } catch {
            switch error {
            case .tooOpen(let path, let mode): throw .tooOpen(path: path, mode: mode)
            case .unreadable(let path, let reason): throw .unreadable(path: path, reason: reason)
            }
        }
        throw .unreadable(path: file.path, reason: "it comes and goes")
    }

    private static func parse(_ text: [UInt8], path: String) throws(Unusable) -> SigningKey {
        let line = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
        guard let bytes = Base64URL.decode(line), bytes.count == bytesCount else { throw .malformed(path: path) }
        return SigningKey(bytes: bytes)
    }

    func sign(_ input: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: input, using: key))
    }

    /// Takes the same time whatever the signature holds.
    func isValid(_ signature: [UInt8], for input: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: input, using: key)
    }

    package var description: String { "a signing key" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
