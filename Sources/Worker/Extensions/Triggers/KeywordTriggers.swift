import Domain
import Text

/// The keywords of an account: one pass over a line says whether there is any, and only then it is asked whose.
struct KeywordTriggers: Sendable {
    private let any: WordMatcher
    private let each: [(words: WordMatcher, hit: TriggerHit)]

    init(_ hits: [TriggerHit]) {
        let lists = hits.map { hit -> [String] in
            if case .keywords(let words) = hit.trigger.condition { words } else { [] }
        }
        let any = WordMatcher(lists.flatMap(\.self))
        self.any = any
        each = lists.count > 1 ? zip(lists, hits).map { (WordMatcher($0), $1) } : hits.map { (any, $0) }
    }

    var isEmpty: Bool { any.isEmpty }

    func hits(in forms: NormalForms) -> [TriggerHit] {
        guard any.firstMatch(in: forms) != nil else { return [] }
        return each.filter { each.count == 1 || $0.words.firstMatch(in: forms) != nil }.map(\.hit)
    }
}
