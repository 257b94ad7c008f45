import Domain
import Text

/// A message's text as the modules look at it; its links are found once, when the first module asks.
final class JudgedText {
    private let marks: [ChatMark]
    let forms: NormalForms
    private(set) lazy var links = LinkFinder.links(in: forms)
    /// What people see where a part of it is shown backwards.
    private(set) lazy var displayed = forms.displayed

    init(_ message: ChatMessage, _ forms: NormalForms) {
        (marks, self.forms) = (message.marks, forms)
    }

    var whole: Verdict.Match { match(0..<forms.rawCount) }

    func match(_ range: Range<Int>) -> Verdict.Match {
        Verdict.Match(text: forms.rawText(range), range: range)
    }

    /// The platform's marks, as far as they lie within the text; those that go back are left out.
    func marks(where isWanted: (ChatMark.Kind) -> Bool) -> [Range<Int>] {
        var end = 0
        return marks.compactMap { mark in
            guard isWanted(mark.kind), mark.range.lowerBound >= end, mark.range.upperBound <= forms.rawCount else {
                return nil
            }
            end = mark.range.upperBound
            return mark.range
        }
    }
}
