import CV8

/// What a script has left behind in a context: isolates that start from it need not run the script again.
package final class Snapshot: @unchecked Sendable {
    // Written once, before anybody else sees it.
    package let bytes: UnsafeBufferPointer<UInt8>
    private let free: @Sendable (UnsafeBufferPointer<UInt8>) -> Void

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Bytes that were made by this very V8 with these very flags; V8 ends the process when they were not.
    package init(
        _ bytes: UnsafeBufferPointer<UInt8>, free: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Void = { _ in }
    ) {
        (self.bytes, self.free) = (bytes, free)
    }

    deinit { free(bytes) }

    /// - Parameters:
    ///   - script: What is run.
    ///   - warmUp: Runs what is going to be used soon, so that it is compiled already.
    package static func make(script: String, warmUp: String = "") throws(Failure) -> Snapshot {
        var (script, warmUp, length) = (script, warmUp, 0)
        var error = [CChar](repeating: 0, count: 1024)
        let made = script.withUTF8 { script in
            warmUp.withUTF8 { warmUp in
                cv8_snapshot(script.text, warmUp.text, &length, &error, error.count)
            }
        }
        guard let made else {
            throw Failure(
                description: String(decoding: error.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        return Snapshot(UnsafeBufferPointer(start: made, count: length)) { bytes in
            cv8_snapshot_free(UnsafeMutablePointer(mutating: bytes.baseAddress))
        }
    }
}
