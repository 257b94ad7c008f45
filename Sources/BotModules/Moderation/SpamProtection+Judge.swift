import Domain
import Text

extension SpamProtection {
    /// Spam protection, ready to look at messages.
    final class Judge: Sendable {
        let settings: Settings
        let exempt: ExemptRoles

        init(_ settings: Settings, _ exempt: ExemptRoles) {
            (self.settings, self.exempt) = (settings, exempt)
        }

        /// - Parameter copies: how often the author has sent this text within the window, this time included.
        func hit(_ text: JudgedText, copies: Int) -> Hit? {
            repeated(text, copies) ?? shouted(text)
        }

        private func repeated(_ text: JudgedText, _ copies: Int) -> Hit? {
            let allowed = settings.maxRepeatedMessages
            guard copies > allowed else { return nil }
            return Hit(
                rule: .maxRepeatedMessages, match: text.whole,
                reason: "the same message \(copies) times within 30 seconds, where \(allowed) may be")
        }

        private func shouted(_ text: JudgedText) -> Hit? {
            guard text.forms.uppercaseCount > 0,
                let share = Capitals(text).sharePercent(above: settings.maxCapsPercentage),
                Capitals.isLong(text, settings.minMessageLengthForCaps)
            else { return nil }
            return Hit(
                rule: .maxCapsPercentage, match: text.whole,
                reason: "\(share) % capitals, where \(settings.maxCapsPercentage) % may be")
        }
    }
}

/// The letters with case that a message's author has written: without emotes, mentions and links.
struct Capitals {
    private var cased: Int
    private var uppercase: Int

    init(_ text: JudgedText) {
        (cased, uppercase) = (text.forms.casedCount, text.forms.uppercaseCount)
        for range in Self.merged(text.marks { _ in true } + text.links.map(\.range)) {
            let part = text.forms.caseCounts(in: range)
            cased -= part.cased
            uppercase -= part.uppercase
        }
    }

    /// In whole percent, rounded down; nil when it is not above the limit.
    func sharePercent(above limit: Int) -> Int? {
        cased > 0 && 100 * uppercase > limit * cased ? 100 * uppercase / cased : nil
    }

    /// Whether the text without emotes and without the spaces around it has so many characters as people count them.
    static func isLong(_ text: JudgedText, _ lengthMin: Int) -> Bool {
        if lengthMin == 0 { return true }
        let raw = text.forms.rawBytes
        var (kept, start): ([UInt8], Int) = ([], 0)
        kept.reserveCapacity(raw.count)
        for emote in text.marks(where: { $0 == .emote }) {
            kept += raw[start..<emote.lowerBound]
            start = emote.upperBound
        }
        kept += raw[start...]
        let rest = String(decoding: kept, as: UTF8.self).drop(while: \.isWhitespace)
        return rest.lastIndex { !$0.isWhitespace }.map { rest[...$0].dropFirst(lengthMin - 1).isEmpty == false }
            ?? false
    }

    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let last = merged.last, last.upperBound > range.lowerBound else {
                merged.append(range)
                continue
            }
            merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        }
        return merged
    }
}
