import Crypto
import Foundation

/// A file of byte strings, each with its length before it, and at the end the SHA-256 of everything before: whatever is
/// cut off or changed is found.
///
/// Read and written piece by piece, for its content is held in memory already.
struct RecordFile: ~Copyable {
    struct Damaged: Error, CustomStringConvertible {
        let description: String
    }

    /// No document comes near it; a damaged length must not reserve all memory.
    static let recordBytesMax = 64 << 20
    /// Stands where a length would when no record follows.
    private static let end = UInt32.max

    private let file: UnsafeMutablePointer<FILE>
    private var hasher = SHA256()

    /// - Parameter mode: as `fopen` takes it.
    init(_ path: String, _ mode: String) throws {
        guard let file = fopen(path, mode) else { throw POSIXFailure(path) }
        self.file = file
    }

    deinit {
        fclose(file)
    }

    mutating func write(_ record: some Collection<UInt8>) throws {
        try write(length: UInt32(record.count))
        if try record.withContiguousStorageIfAvailable({ try put(UnsafeRawBufferPointer($0)) }) == nil {
            try Array(record).withUnsafeBytes { try put($0) }
        }
    }

    /// Writes the hash and waits until all of it is on the disk.
    mutating func finishWriting() throws {
        try write(length: Self.end)
        try Array(hasher.finalize()).withUnsafeBytes { try put($0) }
        guard fflush(file) == 0, fsync(fileno(file)) == 0 else { throw POSIXFailure("the state file") }
    }

    /// The next record; nil at the end, when everything before was as it was written.
    mutating func read() throws -> [UInt8]? {
        var length = UInt32.zero
        try withUnsafeMutableBytes(of: &length) { try fill($0) }
        length = UInt32(littleEndian: length)
        guard length != Self.end else {
            try checkEnd()
            return nil
        }
        guard length <= Self.recordBytesMax else { throw Damaged(description: "it holds a length of \(length) bytes") }
        return try take(Int(length))
    }

    private mutating func checkEnd() throws {
        let found = Array(hasher.finalize())
        guard try take(found.count) == found else { throw Damaged(description: "its content does not have its hash") }
        guard getc(file) == EOF else { throw Damaged(description: "something follows its end") }
    }

    private mutating func write(length: UInt32) throws {
        try withUnsafeBytes(of: length.littleEndian) { try put($0) }
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bufferPointer: bytes)
        guard fwrite(bytes.baseAddress ?? UnsafeRawPointer(file), 1, bytes.count, file) == bytes.count else {
            throw POSIXFailure("the state file")
        }
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            try fill(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
            taken = count
        }
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
        guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
        guard fread(start, 1, buffer.count, file) == buffer.count else { throw Damaged(description: "it was cut off") }
        hasher.update(bufferPointer: UnsafeRawBufferPointer(buffer))
    }
}

/// What the operating system refused.
struct POSIXFailure: Error, CustomStringConvertible {
    let description: String

    init(_ subject: String) {
        description = "\(subject): \(String(cString: strerror(errno)))"
    }
}
