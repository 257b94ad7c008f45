import Domain

extension Provider: Decider {
    package struct State: Equatable, Sendable {
        /// The flags that are off; everything is on until somebody switches it.
        package var off: Set<Flag> = []
        package var botIdentity: BotIdentity?

        package func isOn(_ flag: Flag) -> Bool { !off.contains(flag) }
    }

    package enum Command: Equatable, Sendable {
        /// Each flag once; they are switched together or not at all.
        case switchFlags([Switch], reason: String, ticket: String?)
        case linkBotIdentity(BotIdentity)
        case unlinkBotIdentity
    }

    package struct Switch: Equatable, Sendable {
        package let flag: Flag, enabled: Bool

        package init(_ flag: Flag, _ enabled: Bool) {
            (self.flag, self.enabled) = (flag, enabled)
        }
    }

    package static let initial = State()

    package static func evolve(_ state: State, _ event: Event) -> State {
        var next = state
        switch event {
        case .switched(let flag, true, _, _): next.off.remove(flag)
        case .switched(let flag, false, _, _): next.off.insert(flag)
        case .botIdentityLinked(let identity): next.botIdentity = identity
        case .botIdentityUnlinked: next.botIdentity = nil
        }
        return next
    }

    package static func decide(_ command: Command, in state: State) throws(Refusal) -> [Event] {
        switch command {
        case .switchFlags(let switches, let reason, let ticket):
            let changes = switches.filter { $0.enabled != state.isOn($0.flag) }
            try requirePlatform(changes, in: state)
            return changes.map { .switched(flag: $0.flag, enabled: $0.enabled, reason: reason, ticket: ticket) }
        case .linkBotIdentity(let identity):
            return state.botIdentity == identity ? [] : [.botIdentityLinked(identity)]
        case .unlinkBotIdentity: return state.botIdentity == nil ? [] : [.botIdentityUnlinked]
        }
    }

    /// The three flags flip on their own only while the platform is on.
    private static func requirePlatform(_ changes: [Switch], in state: State) throws(Refusal) {
        let platformChange = changes.first { $0.flag == .platform }
        let platformWasOn = state.isOn(.platform)
        guard platformWasOn || platformChange?.enabled == true || changes.allSatisfy({ $0.flag == .platform }) else {
            throw Refusal(
                .providerDisabled,
                "the platform is switched off: switch it on, or both together, with \"enabled\": true")
        }
    }
}
