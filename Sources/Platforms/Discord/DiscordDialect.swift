import Domain
import NIOHTTP1

/// Actions on Discord (discord.com/developers, "Message", "Guild").
struct DiscordDialect: ActionDialect {
    let api: APIAccess
    let guilds: DiscordGuilds

    func request(
        for action: ChatAction, in channel: ChatChannel
    ) async throws(APIRequest.Unsendable) -> APIRequest? {
        switch action {
        case .delete(let message): try Self.delete(message, in: channel)
        case .timeout(let user, let seconds, _): try await timeout(user, seconds, in: channel)
        case .ban(let user, _): try await ban(user, in: channel)
        case .warn: nil
        case .say(let text, let parent): try say(text, replyTo: parent, in: channel)
        }
    }

    private static func delete(_ message: String, in channel: ChatChannel) throws(APIRequest.Unsendable) -> APIRequest {
        let (channel, message) = (try id(channel.id), try id(message))
        var request = APIRequest(method: .DELETE, path: "/channels/\(channel)/messages/\(message)")
        request.route = "DELETE /channels/\(channel)/messages"
        return request
    }

    private func timeout(
        _ user: String, _ seconds: Int, in channel: ChatChannel
    ) async throws(APIRequest.Unsendable) -> APIRequest {
        let (guild, user) = (try await guild(of: channel), try Self.id(user))
        let until = api.clock.wall.now.adding(seconds: Double(DiscordLimits.clamped(seconds)))
        let body = JSON.object([.init("communication_disabled_until", .string(until.description))])
        var request = APIRequest(method: .PATCH, path: "/guilds/\(guild)/members/\(user)", body: body.bytes)
        request.route = "PATCH /guilds/\(guild)/members"
        return request
    }

    private func ban(_ user: String, in channel: ChatChannel) async throws(APIRequest.Unsendable) -> APIRequest {
        let (guild, user) = (try await guild(of: channel), try Self.id(user))
        let body: JSON = ["delete_message_seconds": 0]
        var request = APIRequest(method: .PUT, path: "/guilds/\(guild)/bans/\(user)", body: body.bytes)
        request.route = "PUT /guilds/\(guild)/bans"
        return request
    }

    /// Nobody is called by what the bot says, whatever it repeats.
    private func say(
        _ text: String, replyTo parent: String?, in channel: ChatChannel
    ) throws(APIRequest.Unsendable) -> APIRequest {
        guard !ChatText.isBlank(text) else { throw APIRequest.Unsendable(reason: "the text is empty") }
        let place = try Self.id(try place(channel))
        var members: [JSON.Member] = [
            .init("content", .string(ChatText.prefix(text, codePointsMax: DiscordLimits.messageLengthMax))),
            .init("allowed_mentions", ["parse": []]), .init("enforce_nonce", true),
            .init("nonce", .string(String(UInt64.random(in: .min ... .max), radix: 36))),
        ]
        if let parent {
            members.append(
                .init("message_reference", ["message_id": .string(parent), "fail_if_not_exists": false]))
        }
        var request = APIRequest(method: .POST, path: "/channels/\(place)/messages", body: JSON.object(members).bytes)
        request.route = "POST /channels/\(place)/messages"
        return request
    }

    /// A server is no place to write into: its channel for notices is.
    private func place(_ channel: ChatChannel) throws(APIRequest.Unsendable) -> String {
        guard let guild = guilds[channel.id] else { return channel.id }
        guard let place = guild.noticeChannel else {
            throw APIRequest.Unsendable(
                reason: "the server has no channel for notices: connect the bot with the id of a text channel")
        }
        return place
    }

    private func guild(of channel: ChatChannel) async throws(APIRequest.Unsendable) -> String {
        if let known = guilds.guild(of: channel.id) { return known }
        let answer = try? await api.send(APIRequest(method: .GET, path: "/channels/\(try Self.id(channel.id))"))
        guard let answer, answer.isSuccess, let guild = answer.body?["guild_id"]?.string else {
            throw APIRequest.Unsendable(reason: "Discord does not say in which server channel \(channel.id) is")
        }
        guilds.learn(channel.id, in: guild)
        return try Self.id(guild)
    }

    /// Ids are numbers; anything else would lead to another place of the API.
    private static func id(_ text: String) throws(APIRequest.Unsendable) -> String {
        guard (1...20).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw APIRequest.Unsendable(reason: "Discord's ids are numbers, which \"\(ChatText.reason(text))\" is not")
        }
        return text
    }

    func outcome(of action: ChatAction, _ answer: APIAnswer, at now: Timestamp) -> ChatOutcome {
        let reason = answer.discordReason
        switch (answer.status, answer.discordCode) {
        case (200..<300, _):
            if case .timeout(_, let seconds, _) = action { return .done(seconds: DiscordLimits.clamped(seconds)) }
            return .done(seconds: nil)
        case (401, _): return .unauthorized(reason: reason)
        case (429, _):
            let seconds = answer.discordWaitSeconds
            return answer.isDiscordGlobal
                ? .rateLimited(retryAfterSeconds: seconds) : .channelLimited(retryAfterSeconds: seconds)
        // Unknown Message: somebody was faster.
        case (404, 10008?):
            if case .delete = action { return .alreadySo } else { return .notActionable(reason: reason) }
        // 50013 Missing Permissions, 50001 Missing Access, 10007 Unknown Member and the like.
        case (400..<500, _): return .notActionable(reason: reason)
        default: return .failed(reason: reason, retryAfterSeconds: answer.retryAfterSeconds)
        }
    }
}
