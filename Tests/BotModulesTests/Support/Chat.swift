import BotModules
import Domain

/// One channel with its modules, its window, and a clock that stands until it is moved.
struct Chat {
    let modules: CompiledModules
    var window = ChannelWindow()
    var now = Timestamp(microseconds: 1_700_000_000_000_000)
    private var count = 0

    /// Modules that are all enabled, from the JSON text of their config.
    init(_ configs: (ModuleName, String)..., exempt: String? = nil) throws {
        modules = CompiledModules(
            try configs.map { module, config in (try Given.settings(module, config, exempt: exempt), true) })
    }

    mutating func pass(seconds: Double) { now = now.adding(seconds: seconds) }

    mutating func message(
        _ text: String, by user: String = "ann", roles: ChatRoles = [], emotes: [Range<Int>] = [],
        mentions: [Range<Int>] = [], id: String? = nil, isEdit: Bool = false
    ) -> ChatMessage {
        count += 1
        let marks = emotes.map { ChatMark(.emote, $0) } + mentions.map { ChatMark(.mention, $0) }
        return ChatMessage(
            channel: ChatChannel(platform: .twitch, accountID: AccountID(stored: "a"), id: "c"),
            id: id ?? "m\(count)",
            author: ChatUser(id: "id-\(user)", login: user, name: user.capitalized, roles: roles),
            text: text, marks: marks.sorted { $0.range.lowerBound < $1.range.lowerBound }, sentAt: now, isEdit: isEdit)
    }

    @discardableResult
    mutating func judge(_ message: ChatMessage) -> Verdict? {
        modules.judge(message, in: &window, at: now)
    }

    @discardableResult
    mutating func say(
        _ text: String, by user: String = "ann", roles: ChatRoles = [], emotes: [Range<Int>] = [],
        mentions: [Range<Int>] = [], id: String? = nil, isEdit: Bool = false
    ) -> Verdict? {
        judge(message(text, by: user, roles: roles, emotes: emotes, mentions: mentions, id: id, isEdit: isEdit))
    }

    /// The actions against a message with this text.
    mutating func actions(_ text: String, by user: String = "ann") -> [ChatAction] {
        let message = self.message(text, by: user)
        return judge(message)?.actions(against: message) ?? []
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
