import Domain
import NIOHTTP1

/// One request to Twitch's API, before anybody's credentials are added.
struct HelixRequest: Equatable, Sendable {
    let method: HTTPMethod
    let path: String
    var query: [Parameter] = []
    var body: [UInt8]?

    struct Parameter: Equatable, Sendable {
        let name: String, value: String
    }

    /// Path and query, percent-encoded.
    var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// All but RFC 3986's unreserved characters.
    private static func encoded(_ value: String) -> String {
        var output: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension HelixRequest {
    /// Why an action is not sent at all: Twitch would refuse it, or do something else.
    struct Unsendable: Error, Equatable {
        let reason: String
    }

    /// The request that carries out an action (dev.twitch.tv, "Reference": Delete Chat Messages, Ban User, Warn Chat
    /// User, Send Chat Message).
    ///
    /// - Parameter bot: the bot's user id.
    init(_ action: ChatAction, in channel: ChatChannel, as bot: String) throws(Unsendable) {
        switch action {
        case .delete(let message): self = try .delete(message, in: channel, as: bot)
        case .timeout(let user, let seconds, let reason):
            self = .ban(user, seconds: Self.clamped(seconds), reason: reason, in: channel, as: bot)
        case .ban(let user, let reason): self = .ban(user, seconds: nil, reason: reason, in: channel, as: bot)
        case .warn(let user, let reason): self = try .warn(user, reason: reason, in: channel, as: bot)
        case .say(let text, let parent): self = try .say(text, replyTo: parent, in: channel, as: bot)
        }
    }

    /// The length that Twitch can set.
    static func clamped(_ seconds: Int) -> Int {
        min(max(seconds, TwitchLimits.timeoutSeconds.lowerBound), TwitchLimits.timeoutSeconds.upperBound)
    }

    /// Without a message's id this very request would clear the whole chat.
    private static func delete(
        _ message: String, in channel: ChatChannel, as bot: String
    ) throws(Unsendable) -> HelixRequest {
        guard message.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Unsendable(reason: "the message to delete has no id")
        }
        var request = HelixRequest(method: .DELETE, path: "/helix/moderation/chat")
        request.query = [
            Parameter(name: "broadcaster_id", value: channel.id), Parameter(name: "moderator_id", value: bot),
            Parameter(name: "message_id", value: message),
        ]
        return request
    }

    private static func ban(
        _ user: String, seconds: Int?, reason: String?, in channel: ChatChannel, as bot: String
    ) -> HelixRequest {
        moderation("bans", in: channel, as: bot) { body in
            body.member("user_id", user)
            if let seconds { body.member("duration", seconds) }
            body.member("reason", ifPresent: reason.map(cutReason))
        }
    }

    private static func warn(
        _ user: String, reason: String, in channel: ChatChannel, as bot: String
    ) throws(Unsendable) -> HelixRequest {
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
    ) -> HelixRequest {
        var request = HelixRequest(method: .POST, path: "/helix/moderation/\(what)")
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
    ) throws(Unsendable) -> HelixRequest {
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Unsendable(reason: "the text is empty")
        }
        var body = JSONWriter()
        body.object { body in
            body.member("broadcaster_id", channel.id)
            body.member("sender_id", bot)
            body.member("message", ChatText.prefix(text, codePointsMax: TwitchLimits.messageLengthMax))
            body.member("reply_parent_message_id", ifPresent: parent)
        }
        return HelixRequest(method: .POST, path: "/helix/chat/messages", body: body.bytes)
    }
}
