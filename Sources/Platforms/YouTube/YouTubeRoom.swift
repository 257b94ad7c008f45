import Domain

/// One channel that is wanted, and how far its chat has been heard.
struct YouTubeRoom: Sendable {
    let channel: ChatChannel
    /// Answers to what was asked for somebody else's sake are not taken.
    let number: Int
    let joinedAt: Timestamp
    var link = YouTubeMachine.Link.wanted
    /// nil while the channel is not live, as far as is known.
    var chat: String?
    var page: String?
    /// What was said until then has been heard, or is history.
    var heardUntil: Timestamp?
    var failures = 0
    var recent = RecentIDs(countMax: 1024)
    /// When to look whether the broadcast has begun whose chat is heard already; nil when it has.
    var lookAt: Duration?
    var isToLook = false

    init(channel: ChatChannel, number: Int, joinedAt: Timestamp) {
        (self.channel, self.number, self.joinedAt) = (channel, number, joinedAt)
    }

    mutating func rest(for duration: Duration, at now: ChatMoment) {
        link = .resting(until: now.elapsed + duration)
    }

    mutating func end() {
        (chat, page, heardUntil, lookAt, isToLook) = (nil, nil, nil, nil, false)
    }

    /// - Returns: that the broadcast has begun, once, and only when it has done so since the bot is here.
    mutating func found(
        _ found: String, startedAt: Timestamp?, lookEvery: Duration, at now: ChatMoment
    ) -> [YouTubeMachine.Order] {
        if chat != found { (chat, page, failures) = (found, nil, 0) }
        (link, lookAt, isToLook) = (.wanted, nil, false)
        guard let startedAt else {
            lookAgain(in: lookEvery, at: now)
            return []
        }
        let event = PlatformEvent(youTube: found, startedAt: startedAt, in: channel, at: now.wall)
        guard startedAt > joinedAt, recent.insert(event.id) else { return [] }
        return [.deliver(.happened(event))]
    }

    mutating func lookAgain(in duration: Duration, at now: ChatMoment) {
        (link, lookAt, isToLook) = (.wanted, now.elapsed + duration, false)
    }
}
