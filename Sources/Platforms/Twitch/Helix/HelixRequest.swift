import Domain
import NIOHTTP1

extension APIRequest {
    /// The request that carries out an action (dev.twitch.tv, "Reference": Delete Chat Messages, Ban User, Warn Chat
    /// User, Send Chat Message).
    ///
    /// - Parameter bot: the bot's user id.
    init(helix action: ChatAction, in channel: ChatChannel, as bot: String) throws(Unsendable) {
        switch action {
        case .delete(let message): self = try .delete(message, in: channel, as: bot)
        case .timeout(let user, let seconds, let reason):
            self = .ban(user, seconds: TwitchLimits.clamped(seconds), reason: reason, in: channel, as: bot)
        case .ban(let user, let reason): self = .ban(user, seconds: nil, reason: reason, in: channel, as: bot)
        case .warn(let user, let reason): self = try .warn(user, reason: reason, in: channel, as: bot)
        case .say(let text, let parent): self = try .say(text, replyTo: parent, in: channel, as: bot)
        }
    }

    /// Without a message's id this very request would clear the whole chat.
    private static func delete(
        _ message: String, in channel: ChatChannel, as bot: String
    ) throws(Unsendable) -> APIRequest {
        guard !ChatText.isBlank(message) else {
            throw Unsendable(reason: "the message to delete has no id")
        }
        var request = APIRequest(method: .DELETE, path: "/helix/moderation/chat")
        request.query = [
            Parameter(name: "broadcaster_id", value: channel.id), Parameter(name: "moderator_id", value: bot),
            Parameter(name: "message_id", value: message),
        ]
        return request
    }

    private static func ban(
        _ user: String, seconds: Int?, reason: String?, in channel: ChatChannel, as bot: String
    ) -> APIRequest {
        moderation("bans", in: channel, as: bot) { body in
            body.member("user_id", user)
            if let seconds { body.member("duration", seconds) }
            body.member("reason", ifPresent: reason.map(cutReason))
        }
    }

    private static func warn(
        _ user: String, reason: String, in channel: ChatChannel, as bot: String
    ) throws(Unsendable) -> APIRequest {
        guard !reason.isEmpty else { throw Unsendable(reason: "a warning needs a reason") }
        return moderation("warnings", in: channel, as: bot) { body in
            body.member("user_id", user)
            body.member("reason", cutReason(reason))
        }
    }

    private static func cutReason(_ reason: String) -> String {
        ChatText.prefix(reason, codePointsMax: TwitchLimits.reasonLengthMax)
    }

    private static func moderation(
        _ what: String, in channel: ChatChannel, as bot: String, data: (inout JSONWriter) -> Void
    ) -> APIRequest {
        var request = APIRequest(method: .POST, path: "/helix/moderation/\(what)")
        request.query = [
            Parameter(name: "broadcaster_id", value: channel.id), Parameter(name: "moderator_id", value: bot),
        ]
        var body = JSONWriter()
        body.object { body in
            body.name("data")
            body.object(data)
        }
        request.body = body.bytes
        return request
    }

    private static func say(
        _ text: String, replyTo parent: String?, in channel: ChatChannel, as bot: String
    ) throws(Unsendable) -> APIRequest {
        guard !ChatText.isBlank(text) else {
            throw Unsendable(reason: "the text is empty")
        }
        var body = JSONWriter()
        body.object { body in
            body.member("broadcaster_id", channel.id)
            body.member("sender_id", bot)
            body.member("message", ChatText.prefix(text, codePointsMax: TwitchLimits.messageLengthMax))
            body.member("reply_parent_message_id", ifPresent: parent)
        }
        return APIRequest(method: .POST, path: "/helix/chat/messages", body: body.bytes)
    }
}
