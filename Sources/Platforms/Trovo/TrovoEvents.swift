import Domain

extension PlatformEvent {
    /// One entry of a CHAT message that nobody wrote; nil when it tells of nothing, or when it lacks what no such event
    /// can be without (developer.trovo.live, "Chat Service", types of chat messages).
    init?(trovo chat: JSON, in channel: ChatChannel, bot: String) {
        guard let type = chat["type"]?.integer, let id = chat["message_id"]?.string, !id.isEmpty,
            let sentAt = Timestamp(trovo: chat), let (kind, data) = Self.trovo(type, chat, at: sentAt)
        else { return nil }
        var user = ChatUser(trovo: chat, in: channel, bot: bot)
        if kind == .streamOnline, user?.id != channel.id { user = nil }
        guard user != nil || kind == .streamOnline else { return nil }
        if kind == .subscribe || kind == .resub { user?.roles.insert(.subscriber) }
        self.init(kind, in: channel, id: id, user: user, at: sentAt, data: .object(data))
    }

    private static func trovo(_ type: Int, _ chat: JSON, at moment: Timestamp) -> (Kind, [JSON.Member])? {
        let content = chat["content"]?.string ?? ""
        switch type {
        case 5, 5009: return spell(content).map { (.cheer, $0) }
        case 5001: return trovoSubscription(chat, content)
        case 5003: return (.follower, [.init("followedAt", .string(moment.description))])
        case TrovoGifts.toMany: return Int(content).flatMap { $0 > 0 ? (.giftSub, [.init("total", .integer($0))]) : nil }
        case TrovoGifts.toOne: return (.giftSub, [.init("total", 1)])
        case 5008:
            let viewers = chat["content_data"]?.identity("raiderNum").flatMap { Int($0) }
            // Those whom a raid brings are welcomed, with the number of all.
            return viewers.map { (.raid, [.init("viewers", .integer($0))]) }
        case 5012: return content.lowercased() == "stream_on" ? (.streamOnline, []) : nil
        default: return nil
        }
    }

    /// Elixir is bought; Mana, which other spells cost, is earned by watching.
    private static func spell(_ content: String) -> [JSON.Member]? {
        guard let spell = try? JSONParser.parse(Array(content.utf8)),
            spell["value_type"]?.string?.lowercased() == "elixir",
            let count = spell["num"]?.integer, let value = spell["gift_value"]?.integer, count > 0, value > 0
        else { return nil }
        let (bits, overflows) = count.multipliedReportingOverflow(by: value)
        return overflows ? nil : [.init("bits", .integer(bits))]
    }

    /// Whether it is one more month, and how many these are, stands only in the sentence that people read.
    private static func trovoSubscription(_ chat: JSON, _ content: String) -> (Kind, [JSON.Member]) {
        let tier = chat.identity("sub_tier").map { [JSON.Member("tier", .string($0))] } ?? []
        guard content.lowercased().contains("renewed") else { return (.subscribe, tier) }
        let words = content.lowercased().split { !$0.isLetter && !$0.isNumber }
        let months = zip(words, words.dropFirst()).first { $1.hasPrefix("month") }.flatMap { Int($0.0) }
        return (.resub, tier + (months.map { [.init("cumulativeMonths", .integer($0))] } ?? []))
    }
}

/// Tells a gift to one from the parts of a gift to many: that one is told once with its number, and then for each.
struct TrovoGifts: Sendable {
    static let toMany = 5005, toOne = 5006
    /// Of givers; those who are behind are forgotten.
    private static let countMax = 64

    private var outstanding: [String: Int] = [:]

    /// Whether it is to be told.
    mutating func isNew(_ event: PlatformEvent, type: Int?) -> Bool {
        guard event.kind == .giftSub, let giver = event.user?.id else { return true }
        if type == Self.toMany {
            if outstanding.count >= Self.countMax { outstanding = [:] }
            outstanding[giver, default: 0] += event.data["total"]?.integer ?? 0
            return true
        }
        guard let left = outstanding[giver] else { return true }
        outstanding[giver] = left > 1 ? left - 1 : nil
        return false
    }
}
