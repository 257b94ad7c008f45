import Domain
import Text

extension Shape.TextRule {
    /// What speaks against a text of a fitting length: a stable code and a sentence; nil when nothing does.
    func objection(to text: String) -> (code: String, message: String)? {
        switch self {
        case .anything: nil
        case .notBlank: blank(text)
        case .word: blank(text) ?? wildcardsOnly(text)
        case .pattern: pattern(text)
        case .domain: blank(text) ?? domain(text)
        }
    }

    private func blank(_ text: String) -> (code: String, message: String)? {
        text.isBlank ? ("blank", "must hold at least one visible character") : nil
    }

    private func wildcardsOnly(_ text: String) -> (code: String, message: String)? {
        guard text.split(separator: "*").allSatisfy(\.isBlank) else { return nil }
        return ("matches_empty", "is nothing but wildcards and would hit every message: add a letter to it")
    }

    private func pattern(_ text: String) -> (code: String, message: String)? {
        do throws(PatternError) {
            guard try Pattern(text).matchesEmpty else { return nil }
            return ("matches_empty", "matches the empty string and would hit every message: let it take a character")
        } catch {
            return (error == .tooLarge ? "pattern_too_large" : "invalid_pattern", error.description)
        }
    }

    private func domain(_ text: String) -> (code: String, message: String)? {
        do throws(DomainNameError) {
            _ = try DomainName(text)
            return nil
        } catch {
            if case .publicSuffix = error { return ("public_suffix", error.description) }
            return ("invalid_domain", error.description)
        }
    }
}

extension StringProtocol {
    /// Whether nothing of it can be seen: spaces, controls, and what Unicode says to ignore.
    var isBlank: Bool {
        unicodeScalars.allSatisfy { scalar in
            let properties = scalar.properties
            return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
                || properties.generalCategory == .control || properties.generalCategory == .format
        }
    }
}
