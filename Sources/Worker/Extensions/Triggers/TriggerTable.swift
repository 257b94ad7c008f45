import Domain
import Extensions
import Text

/// The triggers of all extensions of one account that may fire, compiled once, in the order in which they were
/// installed.
package final class TriggerTable: Sendable {
    /// What it was made of.
    let installs: [ActiveInstall]
    private let commands: CommandTriggers
    private let keywords: KeywordTriggers
    private let patterns: PatternTriggers
    /// With the roles whose lines they are not shown.
    private let moderates: [(hit: TriggerHit, exempt: ChatRoles)]
    private let events: [PlatformEvent.Name: [TriggerHit]]
    let timers: [(hit: TriggerHit, everySeconds: Int)]

    init(_ installs: [ActiveInstall]) {
        self.installs = installs
        var commands = CommandTriggers(), events: [PlatformEvent.Name: [TriggerHit]] = [:]
        var keywords: [TriggerHit] = [], patterns: [TriggerHit] = []
        var moderates: [(TriggerHit, ChatRoles)] = [], timers: [(TriggerHit, Int)] = []
        for install in installs {
            for trigger in install.document.triggers {
                let hit = TriggerHit(install, trigger)
                switch trigger.condition {
                case .command: commands.add(hit)
                case .keywords: keywords.append(hit)
                case .pattern: patterns.append(hit)
                case .event(let name): PlatformEvent.Name(rawValue: name).map { events[$0, default: []].append(hit) }
                case .timer(let seconds): timers.append((hit, seconds))
                case .moderate:
                    // The broadcaster is never judged.
                    let exempt = HandlerContext.roles(named: install.document.exemptRoles).union(.broadcaster)
                    moderates.append((hit, exempt))
                }
            }
        }
        (self.commands, self.events, self.timers) = (commands, events, timers)
        self.moderates = moderates
        self.keywords = KeywordTriggers(keywords)
        self.patterns = PatternTriggers(patterns)
    }

    /// Those that look at a line before it is taken for said.
    func moderates(of message: ChatMessage) -> [TriggerHit] {
        moderates.filter { $0.exempt.isDisjoint(with: message.author.roles) }.map(\.hit)
    }

    /// Those that a line sets off. The new text of an old message sets off nothing.
    ///
    /// - Parameter space: for the line's forms, when they are needed.
    func hits(on message: ChatMessage, with space: @autoclosure () -> NormalForms) -> [TriggerHit] {
        guard !message.isEdit else { return [] }
        var hits = commands.isEmpty ? [] : commands.hits(in: message.text)
        if !keywords.isEmpty {
            let forms = space()
            forms.read(message.text)
            hits += keywords.hits(in: forms)
        }
        if !patterns.isEmpty { hits += patterns.hits(in: message.text) }
        return hits
    }

    func hits(on event: PlatformEvent) -> [TriggerHit] { events[event.name] ?? [] }

    /// What is to be asked of the platforms.
    var wantedEvents: Set<PlatformEvent.Name> { Set(events.keys) }

    /// Whether no line sets off anything.
    var ignoresMessages: Bool { commands.isEmpty && keywords.isEmpty && patterns.isEmpty && moderates.isEmpty }
}
