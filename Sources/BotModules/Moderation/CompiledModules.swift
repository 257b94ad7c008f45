import Domain
import Text

/// An account's modules made ready to judge chat: compiled once, shared by all channels with equal settings.
///
/// Pure but for the window, which the caller keeps for each channel, and the time, which the caller brings along.
package final class CompiledModules: Sendable {
    private let link: LinkProtection.Judge?
    private let spam: SpamProtection.Judge?
    private let word: WordFilter.Judge?
    /// Those of `timed_messages`, when it is configured and enabled; a `TimedSchedule` works on them.
    package let timed: TimedMessages.Settings?

    /// A module that is missing or not enabled does nothing; of two that are the same the later counts.
    package init(_ modules: some Sequence<(settings: ModuleSettings, isEnabled: Bool)>) {
        var (link, spam, word): (LinkProtection.Judge?, SpamProtection.Judge?, WordFilter.Judge?) = (nil, nil, nil)
        var timed: TimedMessages.Settings?
        for (settings, isEnabled) in modules {
            let exempt = settings.exempt
            switch settings.typed {
            case .linkProtection(let settings): link = isEnabled ? LinkProtection.Judge(settings, exempt) : nil
            case .spamProtection(let settings): spam = isEnabled ? SpamProtection.Judge(settings, exempt) : nil
            case .wordFilter(let settings): word = isEnabled ? WordFilter.Judge(settings, exempt) : nil
            case .timedMessages(let settings): timed = isEnabled ? settings : nil
            }
        }
        (self.link, self.spam, self.word, self.timed) = (link, spam, word, timed)
    }

    /// Whether no message can be hit.
    package var judgesNothing: Bool { link == nil && spam == nil && word == nil }
}

extension CompiledModules {
    /// The first hit in the order link protection, spam protection, word filter. The window is fed whatever comes of
    /// it.
    ///
    /// - Parameter space: give the same again for the next message.
    package func judge(
        _ message: ChatMessage, in window: inout ChannelWindow, at now: Timestamp,
        with space: JudgingSpace = JudgingSpace()
    ) -> Verdict? {
        if judgesNothing { return nil }
        let forms = space.forms
        forms.read(message.text)
        let text = JudgedText(message, forms)
        let copies = spam == nil ? 0 : window.count(message, forms, at: now)
        let roles = message.author.roles
        guard roles.isDisjoint(with: [.broadcaster, .ownBot]) else { return nil }

        if let link, !link.exempt.cover(roles), let hit = link.hit(text) {
            return verdict(.linkProtection, hit, link.settings.enforcement, on: message, in: &window, at: now)
        }
        if let spam, !spam.exempt.cover(roles), let hit = spam.hit(text, copies: copies) {
            return verdict(.spamProtection, hit, spam.settings.enforcement, on: message, in: &window, at: now)
        }
        if let word, !word.exempt.cover(roles), let hit = word.hit(text) {
            return verdict(.wordFilter, hit, word.enforcement, on: message, in: &window, at: now)
        }
        return nil
    }

    /// Feeds the window with a message that is counted but not judged, as it is too old to act on.
    package func observe(
        _ message: ChatMessage, in window: inout ChannelWindow, at now: Timestamp,
        with space: JudgingSpace = JudgingSpace()
    ) {
        let age = now.microseconds - message.sentAt.microseconds
        guard spam != nil, age < RepeatedTexts.windowMicroseconds else { return }
        let forms = space.forms
        forms.read(message.text)
        _ = window.count(message, forms, at: now)
    }

    private func verdict(
        _ module: ModuleName, _ hit: Hit, _ enforcement: Enforcement, on message: ChatMessage,
        in window: inout ChannelWindow, at now: Timestamp
    ) -> Verdict {
        let seconds = enforcement.action == .timeout ? enforcement.timeoutSeconds : nil
        let author = message.author
        let isRunning = seconds.map { window.timeouts.begin(author.id, seconds: $0, at: now) } ?? false
        let maySpeak = enforcement.warningMessage != nil && window.notices.take(module, at: now)
        return Verdict(
            module: module, rule: hit.rule, matched: hit.match, action: enforcement.action, durationSeconds: seconds,
            reason: hit.reason, notice: maySpeak ? enforcement.notice(to: author) : nil, isTimeoutRunning: isRunning)
    }
}

/// What a module has found, before it is known what is done about it.
struct Hit {
    let rule: Verdict.Rule
    let match: Verdict.Match
    /// One sentence for people.
    let reason: String
}

extension ExemptRoles {
    func cover(_ roles: ChatRoles) -> Bool {
        moderators && roles.contains(.moderator) || vips && roles.contains(.vip)
            || subscribers && roles.contains(.subscriber)
    }
}

extension Enforcement {
    /// The warning with the author's name in it.
    fileprivate func notice(to author: ChatUser) -> String? {
        let name = author.name.isEmpty ? author.login : author.name
        return warningMessage.map {
            $0.split(separator: "{user}", omittingEmptySubsequences: false).joined(separator: name)
        }
    }
}
