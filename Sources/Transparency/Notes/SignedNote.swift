import Foundation

/// A text and the signatures under it (C2SP signed-note).
package struct SignedNote: Equatable, Sendable {
    /// More than any note here needs: what is longer was not made by a log or a witness.
    package static let bytesMax = 16 * 1024
    static let signaturesMax = 64

    /// With its last newline.
    package let text: String
    package private(set) var signatures: [NoteSignature]

    package init(text: String, signatures: [NoteSignature]) {
        (self.text, self.signatures) = (text, signatures)
    }

    package init(_ bytes: some Collection<UInt8>) throws(NoteError) {
        guard bytes.count <= Self.bytesMax else { throw .malformed("it is longer than \(Self.bytesMax) bytes") }
        guard let note = String(validating: bytes, as: UTF8.self) else { throw .malformed("it is not UTF-8") }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else { throw .malformed("it holds control characters") }
        guard let gap = note.range(of: "\n\n", options: .backwards), note.hasSuffix("\n") else {
            throw .malformed("it has no signatures behind an empty line")
        }
        text = note[..<gap.lowerBound] + "\n"
        let lines = note[gap.upperBound...].dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count <= Self.signaturesMax else { throw .malformed("it has more than 64 signatures") }
        signatures = []
        for line in lines {
            guard let signature = NoteSignature(line: line) else { throw .malformed("\(line) is not a signature") }
            signatures.append(signature)
        }
    }

    package var description: String { text + "\n" + signatures.map { $0.description + "\n" }.joined() }
    package var bytes: [UInt8] { Array(description.utf8) }

    /// Adds a signature, in the place of an older one of the same key.
    package mutating func add(_ signature: NoteSignature) {
        signatures.removeAll { $0.isOf(sameKeyAs: signature) }
        signatures.append(signature)
    }

    /// Which of the keys have signed it. Signatures of others say nothing and are passed over.
    ///
    /// - Throws: `badSignature` when one of a known key is wrong, `notSigned` when there is none.
    @discardableResult
    package func verified(by keys: [NoteKey]) throws(NoteError) -> [NoteKey] {
        let text = Array(self.text.utf8)
        var signers: [NoteKey] = []
        for signature in signatures {
            guard let key = keys.first(where: { signature.isNamed(after: $0) }) else { continue }
            guard key.isValid(signature.bytes, for: text) else { throw .badSignature(of: key.description) }
            if !signers.contains(key) { signers.append(key) }
        }
        guard !signers.isEmpty else {
            throw .notSigned(by: keys.map(\.description), found: signatures.map(\.keyText))
        }
        return signers
    }
}

/// One line under a note: whose signature it is said to be, and its bytes.
package struct NoteSignature: Equatable, Sendable, CustomStringConvertible {
    package let name: String
    let keyID: [UInt8]
    /// Without the key's id.
    let bytes: [UInt8]

    init(_ key: NoteKey, _ bytes: [UInt8]) {
        (name, keyID, self.bytes) = (key.name, key.id, bytes)
    }

    /// Reads `— name base64`.
    package init?(line: Substring) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", NoteKey.isName(String(parts[1])),
            let bytes = Base64.decode(parts[2]), bytes.count > 4
        else { return nil }
        (name, keyID, self.bytes) = (String(parts[1]), Array(bytes.prefix(4)), Array(bytes.dropFirst(4)))
    }

    package var description: String { "\u{2014} \(name) \(Base64.encode(keyID + bytes))" }

    /// The beginning of the key's text.
    var keyText: String { "\(name)+\(keyID.hexadecimal)" }

    package func isNamed(after key: NoteKey) -> Bool { name == key.name && keyID == key.id }

    func isOf(sameKeyAs other: NoteSignature) -> Bool { name == other.name && keyID == other.keyID }

    /// The moment that a witness has vouched for, when it is a witness's.
    package var cosignedSeconds: Int? { Cosignature(bytes)?.seconds }
}
