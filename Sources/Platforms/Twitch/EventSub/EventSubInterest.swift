import Domain

/// One channel of which something is wanted, and how far that has come.
struct EventSubInterest: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case wanted
        case asked
        case live(subscription: String?)
        /// Tried again then.
        case waiting(until: Duration)
        case refused(until: Duration)
        /// Left; what is under way must end before it can be asked for again.
        case leaving(comesBack: Bool)
    }

    var channel: ChatChannel
    var topic = EventSubTopic.chat
    var state = State.wanted
    var failures = 0

    var isChat: Bool { topic == .chat }
    var isLive: Bool { if case .live = state { true } else { false } }
    var isLeaving: Bool { if case .leaving(comesBack: false) = state { true } else { false } }
    var isRefused: Bool { if case .refused = state { true } else { false } }

    var retryAt: Duration? {
        switch state {
        case .waiting(let moment), .refused(let moment): moment
        case .wanted, .asked, .live, .leaving: nil
        }
    }

    /// What is said of it when Twitch does not allow it. A channel whose events are refused is heard all the same.
    func refusal(_ reason: String) -> ChatEvent {
        switch topic {
        case .chat: .refused(channel, reason: reason)
        case .event(let name): .unheard(channel, name, reason: reason)
        }
    }
}
