import Domain

/// What a line sets off when nobody has anything against it.
///
/// One name has one answer: an account's own command goes before the extensions' commands, and these go before a global
/// command, for the account has chosen them. Keywords and patterns hear every line.
struct Reactions: Sendable {
    let command: ActiveCommand?
    let hits: [TriggerHit]

    init(_ command: ActiveCommand?, _ hits: [TriggerHit]) {
        let isOwn = command?.isOwn ?? false
        self.hits = isOwn ? hits.filter { !$0.isCommand } : hits
        self.command = !isOwn && hits.contains(where: \.isCommand) ? nil : command
    }

    var isEmpty: Bool { command == nil && hits.isEmpty }
}

extension TriggerHit {
    fileprivate var isCommand: Bool { if case .command = trigger.condition { true } else { false } }
}
