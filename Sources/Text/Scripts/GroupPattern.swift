import CText

/// A regular expression in RE2's syntax that tells what each of its groups has found, in linear time.
package final class GroupPattern: Sendable {
    package let source: String
    /// Besides the whole.
    package let groupCount: Int
    /// RE2 promises that its constant operations may be called from every thread.
    nonisolated(unsafe) private let compiled: OpaquePointer

    /// nil for one that RE2 refuses.
    package init?(_ source: String) {
        var text = source
        let compiled = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { ctext_groups_compile($0.baseAddress, $0.count) }
        }
        guard let compiled else { return nil }
        (self.source, self.compiled) = (source, compiled)
        groupCount = ctext_groups_count(compiled)
    }

    deinit {
        ctext_groups_free(compiled)
    }

    /// What is found first: the whole, then each group, nil for one that took no part. nil when nothing is found.
    package func firstMatch(in text: String) -> [String?]? {
        var text = text
        return text.withUTF8 { bytes in
            var places = [Int](repeating: -1, count: 2 * (groupCount + 1))
            let isFound = bytes.withMemoryRebound(to: CChar.self) {
                ctext_groups_find(compiled, $0.baseAddress, $0.count, &places, groupCount + 1)
            }
            guard isFound else { return nil }
            return (0...groupCount).map { group in
                let start = places[2 * group], end = places[2 * group + 1]
                return start < 0 ? nil : String(decoding: bytes[start..<end], as: UTF8.self)
            }
        }
    }
}
