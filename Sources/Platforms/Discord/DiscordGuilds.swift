import Domain
import Synchronization

/// What the gateway has told of servers: their channels, owners and the rights of their roles.
final class DiscordGuilds: Sendable {
    struct Guild: Sendable {
        var owner: String
        /// Rights by the ids of roles; the role of everybody has the server's id.
        var rights: [String: Int] = [:]
        var channels: Set<String> = []
        /// Where the server wants notices to be written.
        var noticeChannel: String?
    }

    private struct State {
        var guilds: [String: Guild] = [:]
        var guildOf: [String: String] = [:]
    }

    let roles: DiscordRoleNames
    private let state = Mutex(State())

    init(roles: DiscordRoleNames) { self.roles = roles }

    subscript(_ id: String) -> Guild? { state.withLock { $0.guilds[id] } }

    /// The server in which a channel is; a server's own id is taken for itself.
    func guild(of id: String) -> String? {
        state.withLock { state in state.guilds[id] != nil ? id : state.guildOf[id] }
    }

    func learn(_ channel: String, in guild: String) { state.withLock { $0.guildOf[channel] = guild } }

    func learn(guild json: JSON) {
        guard let id = json["id"]?.string else { return }
        var guild = Guild(owner: json["owner_id"]?.string ?? "")
        for role in json["roles"]?.array ?? [] {
            if let id = role["id"]?.string { guild.rights[id] = Self.rights(role) }
        }
        for channel in (json["channels"]?.array ?? []) + (json["threads"]?.array ?? []) {
            if let id = channel["id"]?.string { guild.channels.insert(id) }
        }
        guild.noticeChannel = json["system_channel_id"]?.string
        state.withLock { state in
            state.guilds[id] = guild
            for channel in guild.channels { state.guildOf[channel] = id }
        }
    }

    func learn(role: JSON, in guild: String) {
        guard let id = role["id"]?.string else { return }
        state.withLock { $0.guilds[guild]?.rights[id] = Self.rights(role) }
    }

    func forget(role: String, in guild: String) { state.withLock { $0.guilds[guild]?.rights[role] = nil } }

    func learn(channel: JSON, isThere: Bool) {
        guard let id = channel["id"]?.string, let guild = channel["guild_id"]?.string else { return }
        state.withLock { state in
            if isThere {
                state.guilds[guild]?.channels.insert(id)
                state.guildOf[id] = guild
            } else {
                state.guilds[guild]?.channels.remove(id)
                state.guildOf[id] = nil
            }
        }
    }

    /// When the bot is not in it any more.
    func forget(guild id: String) {
        state.withLock { state in
            for channel in state.guilds.removeValue(forKey: id)?.channels ?? [] { state.guildOf[channel] = nil }
        }
    }

    func rolesOfMember(_ user: String, _ ids: [String], in guild: String) -> ChatRoles {
        var result: ChatRoles = []
        if !roles.vips.isDisjoint(with: ids) { result.insert(.vip) }
        if !roles.subscribers.isDisjoint(with: ids) { result.insert(.subscriber) }
        return state.withLock { state in
            guard let known = state.guilds[guild] else { return result }
            if known.owner == user { result.insert(.broadcaster) }
            let rights = (ids + [guild]).reduce(0) { $0 | known.rights[$1, default: 0] }
            if rights & DiscordRights.moderator != 0 { result.insert(.moderator) }
            return result
        }
    }

    /// A number written as a text, for it has more than 53 bits.
    private static func rights(_ role: JSON) -> Int { role["permissions"]?.string.flatMap { Int($0) } ?? 0 }
}
