import Crypto
import Synchronization

/// Random bits from a cryptographic generator, drawn many at a time: one system call for each id would cost more than
/// the rest of making it.
enum RandomBits {
    private static let drawnBits = 512 * 64
    private static let drawn = Mutex<[UInt64]>([])

    static func next() -> UInt64 {
        drawn.withLock { words in
            if words.isEmpty {
                words = SymmetricKey(size: SymmetricKeySize(bitCount: drawnBits)).withUnsafeBytes { bytes in
                    Array(bytes.bindMemory(to: UInt64.self))
                }
            }
            return words.removeLast()
        }
    }
}
