import Domain

/// The commands of an account, found by the first word of a line.
struct CommandTriggers: Sendable {
    /// By their spelling in lower case.
    private var byWord: [String: [TriggerHit]] = [:]
    /// Those with a space in them, such as `hey bot, rank`.
    private var phrases: [(spelling: String, hit: TriggerHit)] = []

    var isEmpty: Bool { byWord.isEmpty && phrases.isEmpty }

    mutating func add(_ hit: TriggerHit) {
        guard case .command(let prefix, let name, _) = hit.trigger.condition else { return }
        let spelling = (prefix + name).lowercased()
        if spelling.contains(where: \.isBlank) {
            phrases.append((spelling, hit))
        } else if !spelling.isEmpty {
            byWord[spelling, default: []].append(hit)
        }
    }

    func hits(in text: String) -> [TriggerHit] {
        let end = text.firstIndex(where: \.isBlank) ?? text.endIndex
        var found = (byWord[text[..<end].lowercased()] ?? []).map { with($0, text[end...]) }
        guard !phrases.isEmpty else { return found }
        let lowered = text.lowercased()
        for (spelling, hit) in phrases where lowered.hasPrefix(spelling) {
            // In words, for lower case may have another length.
            let rest = lowered.dropFirst(spelling.count)
            guard rest.first?.isBlank ?? true else { continue }
            let words = spelling.split(whereSeparator: \.isBlank).count
            var hit = hit
            hit.arguments = text.split(whereSeparator: \.isBlank).dropFirst(words).map(String.init)
            found.append(hit)
        }
        return found
    }

    private func with(_ hit: TriggerHit, _ rest: Substring) -> TriggerHit {
        var hit = hit
        hit.arguments = rest.split(whereSeparator: \.isBlank).map(String.init)
        return hit
    }
}

extension Character {
    /// White space, and what some chat programs append so that a line differs from the one before.
    fileprivate var isBlank: Bool { isWhitespace || self == "\u{E0000}" }
}
