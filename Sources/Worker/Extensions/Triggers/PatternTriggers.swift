import Domain
import Text

/// The patterns of an account: one pass over a line says which are found. Those that cannot be told in RE2's words are
/// tried by the handlers' own engine, on short lines only.
struct PatternTriggers: Sendable {
    /// Longer lines are not handed to an engine that may have to go back.
    static let untriedLengthMax = 500

    private let set: PatternSet
    private let linear: [(pattern: GroupPattern, hit: TriggerHit)]
    private let untried: [TriggerHit]

    init(_ hits: [TriggerHit]) {
        var (linear, untried): ([(pattern: GroupPattern, hit: TriggerHit)], [TriggerHit]) = ([], [])
        for var hit in hits {
            guard case .pattern(let pattern) = hit.trigger.condition else { continue }
            if let source = ScriptPattern.translation(of: pattern.source, flags: pattern.flags),
                let compiled = GroupPattern(source)
            {
                linear.append((compiled, hit))
            } else {
                hit.untried = pattern
                untried.append(hit)
            }
        }
        // A set ignores case unless it is told otherwise.
        set = PatternSet(linear.map { "(?-i)" + $0.pattern.source })
        (self.linear, self.untried) = (linear, untried)
    }

    var isEmpty: Bool { linear.isEmpty && untried.isEmpty }

    func hits(in text: String) -> [TriggerHit] {
        let found = set.allMatches(in: text).compactMap { place -> TriggerHit? in
            guard let match = linear[place].pattern.firstMatch(in: text) else { return nil }
            var hit = linear[place].hit
            hit.match = match
            return hit
        }
        guard !untried.isEmpty, text.unicodeScalars.count <= Self.untriedLengthMax else { return found }
        return found + untried
    }
}
