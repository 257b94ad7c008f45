import Crypto
import Foundation

/// A SHA-256 value.
package struct Hash: Hashable, Sendable, CustomStringConvertible {
    package let bytes: SIMD32<UInt8>

    package init(bytes: SIMD32<UInt8>) {
        self.bytes = bytes
    }

    /// nil unless there are 32 bytes.
    package init?(_ buffer: UnsafeRawBufferPointer) {
        guard buffer.count == 32 else { return nil }
        bytes = buffer.loadUnaligned(as: SIMD32<UInt8>.self)
    }

    package init(_ digest: SHA256Digest) {
        bytes = digest.withUnsafeBytes { $0.loadUnaligned(as: SIMD32<UInt8>.self) }
    }

    package init(of data: [UInt8]) {
        self.init(SHA256.hash(data: data))
    }

    init(of data: UnsafeBufferPointer<UInt8>) {
        self.init(SHA256.hash(data: UnsafeRawBufferPointer(data)))
    }

    /// Of all bytes of a file.
    package init(ofFile path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hasher = SHA256()
        while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { hasher.update(data: part) }
        self.init(hasher.finalize())
    }

    /// 64 digits.
    package var description: String {
        String(decoding: TextCursor.bytes(max: 64) { $0.append(hexadecimal: self) }, as: UTF8.self)
    }

    /// By words: the standard library compares vectors byte by byte.
    package static func == (one: Hash, other: Hash) -> Bool {
        let one = unsafeBitCast(one.bytes, to: SIMD4<UInt64>.self)
        let other = unsafeBitCast(other.bytes, to: SIMD4<UInt64>.self)
        return (one[0] ^ other[0]) | (one[1] ^ other[1]) | (one[2] ^ other[2]) | (one[3] ^ other[3]) == 0
    }
}
