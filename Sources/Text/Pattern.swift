import CText

/// A regular expression in RE2's syntax: case-insensitive, in linear time whatever it says and whatever it reads.
package final class Pattern: Sendable {
    package let source: String
    /// RE2 promises that its constant operations may be called from every thread.
    nonisolated(unsafe) let compiled: OpaquePointer

    package init(_ source: String) throws(PatternError) {
        var source = source
        let compiled = source.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { ctext_pattern_compile($0.baseAddress, $0.count) }
        }
        guard let compiled else { throw .tooLarge }
        if let error = PatternError(compiled, source: source) ?? PatternError(halfCharacterIn: source) {
            ctext_pattern_free(compiled)
            throw error
        }
        (self.source, self.compiled) = (source, compiled)
    }

    deinit {
        ctext_pattern_free(compiled)
    }

    /// Whether it matches anywhere in the text.
    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { ctext_pattern_matches(compiled, $0.baseAddress, $0.count) }
        }
    }

    /// Whether it can match without taking a character, and so hit nearly every text: `a*`, `^`, `\b`.
    package var matchesEmpty: Bool {
        ctext_pattern_matches_empty(compiled)
    }
}
