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

    package var description: String {
        var text: [UInt8] = []
        appendHexadecimal(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    func appendHexadecimal(to text: inout [UInt8]) {
        Hexadecimal.append(bytes, to: &text)
    }
}
