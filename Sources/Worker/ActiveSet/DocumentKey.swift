import Crypto
import Domain

/// The name of a document: its kind, and its key among those of its kind.
package struct DocumentKey: Hashable, Sendable {
    package let kind: DocumentKind
    package let key: String

    package init(_ kind: DocumentKind, _ key: String) {
        (self.kind, self.key) = (kind, key)
    }

    /// What the document adds to a digest: `SHA-256(kind ‖ 0 ‖ key ‖ 0 ‖ value)`.
    package func hash(of value: [UInt8]) -> SIMD32<UInt8> {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(kind.rawValue.utf8.count + key.utf8.count + value.count + 2)
        bytes.append(contentsOf: kind.rawValue.utf8)
        bytes.append(0)
        bytes.append(contentsOf: key.utf8)
        bytes.append(0)
        bytes.append(contentsOf: value)
        return SHA256.hash(data: bytes).withUnsafeBytes { $0.loadUnaligned(as: SIMD32<UInt8>.self) }
    }
}
