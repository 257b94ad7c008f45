import Domain

/// One channel that is wanted, and what Kick sends of it.
struct KickRoom: Sendable {
    enum Link: Equatable, Sendable {
        /// To be asked about as soon as can be.
        case due
        case asked(KickMachine.Call)
        case live(checkAt: Duration)
        case resting(until: Duration)
        case refused(until: Duration)
    }

    let channel: ChatChannel
    var link = Link.due
    var failures = 0
    /// As far as is known.
    var sent: Set<KickTopic> = []
    /// What Kick has refused is not asked for again before that.
    var deafUntil: [KickTopic: Duration] = [:]
    private(set) var topics: Set<KickTopic> = [.chat]

    var isHeard: Bool { sent.contains(.chat) }

    func missing(at now: Duration) -> Set<KickTopic> {
        topics.subtracting(sent).filter { deafUntil[$0].map { $0 <= now } ?? true }
    }

    mutating func want(_ kinds: Set<PlatformEvent.Kind>) {
        topics = KickTopic.topics(of: kinds)
        if case .live = link, !topics.isSubset(of: sent) { link = .due }
    }

    mutating func wake(at now: Duration) {
        if let deadline, deadline <= now { link = .due }
    }

    var deadline: Duration? {
        switch link {
        case .live(let until), .resting(let until), .refused(let until): until
        case .due, .asked: nil
        }
    }
}
