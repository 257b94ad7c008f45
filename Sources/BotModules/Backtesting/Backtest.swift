import Domain

/// Proposed settings tried on chat of the past, beside the current ones; nothing is done and nothing is kept.
///
/// The time is that at which each message was sent, and no message is too old.
package struct Backtest: Sendable {
    /// What one set of modules made of the messages.
    package struct Counts: Equatable, Sendable {
        package fileprivate(set) var hits = 0
        package fileprivate(set) var hitsByModule: [ModuleName: Int] = [:]
        package fileprivate(set) var hitsByRule: [Verdict.Rule: Int] = [:]
        package fileprivate(set) var hitsByAction: [Enforcement.Action: Int] = [:]

        fileprivate mutating func count(_ verdict: Verdict?) {
            guard let verdict else { return }
            hits += 1
            hitsByModule[verdict.module, default: 0] += 1
            hitsByRule[verdict.rule, default: 0] += 1
            hitsByAction[verdict.action, default: 0] += 1
        }
    }

    /// A message that both see, and what each makes of it.
    package struct Comparison: Equatable, Sendable {
        package let message: ChatMessage
        package let proposed: Verdict?
        package let current: Verdict?

        /// Whether they would do something else to the message or its author.
        package var differs: Bool {
            (proposed?.action, proposed?.durationSeconds) != (current?.action, current?.durationSeconds)
                || (proposed?.module, proposed?.rule) != (current?.module, current?.rule)
        }

        /// `{"message_id",…,"verdict","against"}`, without a line end.
        package var jsonLine: String {
            var writer = JSONWriter()
            writer.object { writer in
                writer.message(message)
                writer.name("verdict")
                writer.verdict(proposed)
                writer.name("against")
                writer.verdict(current)
            }
            return writer.text
        }
    }

    package static let differencesKeptMax = 100

    package private(set) var messages = 0
    package private(set) var proposed = Counts()
    package private(set) var current = Counts()
    package private(set) var differing = 0
    /// The first hundred.
    package private(set) var differences: [Comparison] = []

    private let proposedModules: CompiledModules
    private let currentModules: CompiledModules?
    private var windows: [ChatChannel: (proposed: ChannelWindow, current: ChannelWindow)] = [:]

    /// - Parameter current: nil when there is nothing to compare with.
    package init(_ proposed: CompiledModules, against current: CompiledModules? = nil) {
        (proposedModules, currentModules) = (proposed, current)
    }

    /// Judges the next message by both.
    package mutating func judge(_ message: ChatMessage) -> Comparison {
        var (first, second) = windows.removeValue(forKey: message.channel) ?? (ChannelWindow(), ChannelWindow())
        let verdict = proposedModules.judge(message, in: &first, at: message.sentAt)
        let against = currentModules?.judge(message, in: &second, at: message.sentAt)
        windows[message.channel] = (first, second)
        let comparison = Comparison(message: message, proposed: verdict, current: against)
        count(comparison)
        return comparison
    }

    private mutating func count(_ comparison: Comparison) {
        messages += 1
        proposed.count(comparison.proposed)
        guard currentModules != nil else { return }
        current.count(comparison.current)
        guard comparison.differs else { return }
        differing += 1
        if differences.count < Self.differencesKeptMax { differences.append(comparison) }
    }
}
