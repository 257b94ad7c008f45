/// Patterns for SQL's `LIKE … ESCAPE '\\'` in which what people typed stands for itself.
package enum LikePattern {
    package static func containing(_ text: String) -> String {
        // SQLite knows scalars, not characters: a wildcard with an accent on it still is a wildcard.
        "%" + text.unicodeScalars.map { "\\%_".unicodeScalars.contains($0) ? "\\\($0)" : "\($0)" }.joined() + "%"
    }
}
