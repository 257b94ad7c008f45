import Crypto
import Foundation

/// A public key with its name, as signed notes know it (C2SP signed-note): `name+hash+base64`.
package struct NoteKey: Hashable, Sendable, CustomStringConvertible {
    /// What its signatures are good for; the byte is part of the key's text.
    package enum Kind: UInt8, Sendable {
        /// Over the note's text.
        case ed25519 = 0x01
        /// Over the note's text and a moment: a witness's (C2SP tlog-cosignature).
        case cosignature = 0x04
    }

    package let name: String, kind: Kind
    /// The 32 bytes of RFC 8032.
    package let publicKey: [UInt8]

    package init(name: String, kind: Kind, publicKey: [UInt8]) {
        (self.name, self.kind, self.publicKey) = (name, kind, publicKey)
    }

    /// Reads `name+hash+base64`.
    package init(_ text: String) throws(NoteError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, NoteKey.isName(parts[0]), let bytes = Base64.decode(parts[2]), bytes.count == 33,
            let kind = Kind(rawValue: bytes[0])
        else { throw .notAKey(text) }
        self.init(name: parts[0], kind: kind, publicKey: Array(bytes.dropFirst()))
        guard id.hexadecimal == parts[1] else { throw .notAKey(text) }
    }

    /// A name is not empty, and has neither spaces nor a plus nor anything that a terminal would obey.
    package static func isName(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0 != "+" && $0.properties.generalCategory != .control
                    && $0.properties.generalCategory != .format
            }
    }

    /// The first four bytes of `SHA-256(name ‖ 0x0A ‖ kind ‖ public key)`: a hint, nothing to rely on.
    package var id: [UInt8] {
        Array(SHA256.hash(data: Array(name.utf8) + [0x0A, kind.rawValue] + publicKey).prefix(4))
    }

    package var description: String { "\(name)+\(id.hexadecimal)+\(Base64.encode([kind.rawValue] + publicKey))" }

    /// Whether the signature, without the key's id, is this key's over the text.
    func isValid(_ signature: [UInt8], for text: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        switch kind {
        case .ed25519: return key.isValidSignature(signature, for: text)
        case .cosignature:
            guard let cosignature = Cosignature(signature) else { return false }
            return key.isValidSignature(cosignature.signature, for: cosignature.message(over: text))
        }
    }
}

/// What a witness signs and says: the moment, in whole seconds since 1970, and its signature.
package struct Cosignature: Sendable {
    package let seconds: Int
    let signature: [UInt8]

    init(seconds: Int, signature: [UInt8]) {
        (self.seconds, self.signature) = (seconds, signature)
    }

    /// `u64 moment ‖ signature`
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 72 else { return nil }
        let moment = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let seconds = Int(exactly: moment) else { return nil }
        self.init(seconds: seconds, signature: Array(bytes.dropFirst(8)))
    }

    var bytes: [UInt8] { withUnsafeBytes(of: UInt64(seconds).bigEndian) { Array($0) } + signature }

    func message(over text: [UInt8]) -> [UInt8] { Self.message(over: text, seconds: seconds) }

    static func message(over text: [UInt8], seconds: Int) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n".utf8) + text
    }
}

/// Why a note, or a key of one, cannot be believed.
package enum NoteError: Error, Equatable, CustomStringConvertible {
    case notAKey(String)
    case malformed(String)
    case notSigned(by: [String], found: [String])
    case badSignature(of: String)

    package var description: String {
        switch self {
        case .notAKey(let text): "\(text.prefix(80)) is not a key: one looks like log.example+1a2b3c4d+AW5vdC4uLg=="
        case .malformed(let reason): "the note is malformed: \(reason)"
        case .notSigned(let keys, let found):
            "the note is not signed by \(keys.joined(separator: " or ")): its signatures are of "
                + (found.isEmpty ? "nobody" : found.joined(separator: ", "))
        case .badSignature(let key): "the signature of \(key) is wrong: the note was changed after it was signed"
        }
    }
}

package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// nil unless it is exactly what `encode` writes.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard let bytes = Data(base64Encoded: String(text)).map({ Array($0) }), encode(bytes) == text else {
            return nil
        }
        return bytes
    }
}

extension [UInt8] {
    var hexadecimal: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
