import Foundation
import Synchronization

/// Random bits from the kernel, drawn many at a time: one system call for each id would cost more than the rest of it.
struct RandomBits {
    private static let drawnWords = 512
    private static let shared = Mutex(RandomBits())

    private var words: [UInt64] = []

    /// For whoever has none of its own.
    static func next() -> UInt64 { shared.withLock { $0.next() } }

    mutating func next() -> UInt64 {
        if words.isEmpty { words = Self.draw() }
        return words.removeLast()
    }

    /// The standard library's generator asks the kernel for eight bytes at a time; Glibc's `getrandom` is not mapped.
    private static func draw() -> [UInt64] {
        let file = open("/dev/urandom", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        var words = Array(repeating: UInt64(0), count: drawnWords)
        let wanted = drawnWords * MemoryLayout<UInt64>.size
        if file >= 0, read(file, &words, wanted) == wanted { return words }
        return words.map { _ in UInt64.random(in: .min ... .max) }
    }
}
