import CText

/// Patterns that are looked for together: one pass over a text says whether any of them matches.
package final class PatternSet: Sendable {
    /// A pattern that was found, and where.
    package struct Match: Equatable, Sendable {
        /// Its place in the list of patterns.
        package let pattern: Int
        /// In UTF-8 bytes of the text.
        package let range: Range<Int>
    }

    private let sources: [String]
    /// Nil when they are too large for one set. RE2 promises that its constant operations may be called from every
    /// thread.
    nonisolated(unsafe) private let compiled: OpaquePointer?
    /// When there is no set they are looked for one by one; else each is compiled again when it was found.
    private let patterns: [Pattern?]

    /// - Parameter sources: one that is no pattern never matches.
    package init(_ sources: [String]) {
        self.sources = sources
        compiled = sources.isEmpty ? nil : Self.compile(sources)
        patterns = compiled == nil ? sources.map { try? Pattern($0) } : []
    }

    deinit {
        if let compiled { ctext_pattern_set_free(compiled) }
    }

    package var isEmpty: Bool { sources.isEmpty }

    /// The first pattern of the list that matches anywhere in the text.
    package func firstMatch(in text: UnsafeBufferPointer<UInt8>) -> Match? {
        guard !sources.isEmpty else { return nil }
        guard let compiled else { return firstOf(patterns.lazy.map { $0 }, in: text) }
        let index = text.withMemoryRebound(to: CChar.self) { text in
            ctext_pattern_set_first_match(compiled, text.baseAddress, text.count)
        }
        if index == -1 { return nil }
        let candidates = index >= 0 ? Array(sources[Int(index)...]) : sources
        let offset = sources.count - candidates.count
        return firstOf(candidates.lazy.map { try? Pattern($0) }, in: text).map {
            Match(pattern: $0.pattern + offset, range: $0.range)
        }
    }

    /// The places in the list of all patterns that match anywhere in the text, in order.
    package func allMatches(in text: String) -> [Int] {
        guard !sources.isEmpty else { return [] }
        guard let compiled else { return sources.indices.filter { patterns[$0]?.matches(text) ?? false } }
        var found = [Int32](repeating: 0, count: sources.count), text = text
        let count = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                ctext_pattern_set_all_matches(compiled, $0.baseAddress, $0.count, &found, found.count)
            }
        }
        guard count >= 0 else { return sources.indices.filter { (try? Pattern(sources[$0]))?.matches(text) ?? false } }
        return found.prefix(Int(count)).map { Int($0) }.sorted()
    }

    private func firstOf(_ patterns: some Sequence<Pattern?>, in text: UnsafeBufferPointer<UInt8>) -> Match? {
        for (index, pattern) in patterns.enumerated() {
            if let range = pattern?.firstMatch(in: text) { return Match(pattern: index, range: range) }
        }
        return nil
    }

    private static func compile(_ sources: [String]) -> OpaquePointer? {
        let texts = sources.map { Array($0.utf8CString) }
        let lengths = texts.map { $0.count - 1 }
        var pointers: [UnsafePointer<CChar>?] = []
        func compile(_ rest: ArraySlice<[CChar]>) -> OpaquePointer? {
            guard let first = rest.first else { return ctext_pattern_set_compile(pointers, lengths, lengths.count) }
            return first.withUnsafeBufferPointer { buffer in
                pointers.append(buffer.baseAddress)
                return compile(rest.dropFirst())
            }
        }
        return compile(texts[...])
    }
}

extension Pattern {
    /// Where it matches first, in UTF-8 bytes of the text.
    package func firstMatch(in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var (start, end) = (0, 0)
        let found = text.withMemoryRebound(to: CChar.self) { text in
            ctext_pattern_find(compiled, text.baseAddress, text.count, &start, &end)
        }
        return found ? start..<end : nil
    }
}
