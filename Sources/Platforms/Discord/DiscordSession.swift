import Domain

/// A session of the gateway, which outlives its sockets.
struct DiscordSession: Equatable, Sendable {
    let id: String
    let resumeURL: String
    /// The number of the last event that was heard.
    var sequence: Int
}

/// How a socket of the gateway ended, by its close code (discord.com/developers, "Gateway Close Event Codes").
enum DiscordClosing: Equatable, Sendable {
    /// The session goes on with another socket.
    case resumable
    /// It is over: a new one is needed.
    case over
    /// Nothing helps but other settings.
    case fatal(String)

    init(_ closing: SocketClosing) {
        switch closing.code {
        case 4004?: self = .fatal("Discord does not take the token (4004)")
        case 4010?: self = .fatal("Discord says that the shard is wrong (4010)")
        case 4011?: self = .fatal("the bot is in more than 2,500 servers, for which Discord wants shards (4011)")
        case 4012?: self = .fatal("Discord does not speak this version of the gateway any more (4012)")
        case 4013?: self = .fatal("Discord does not know the intents (4013)")
        case 4014?:
            self = .fatal(
                "Discord does not let the bot see what is written: switch on \"Message Content Intent\" in the"
                    + " application's settings (4014)")
        case 4003?, 4007?, 4009?: self = .over
        default: self = .resumable
        }
    }
}

/// What the gateway is asked before a new session.
struct DiscordGatewayCall: Equatable, Sendable {
    let number: Int
}

enum DiscordGatewayAnswer: Equatable, Sendable {
    /// - Parameter remaining: how many sessions may still be begun before `resetAfter` is over.
    case at(url: String, remaining: Int, resetAfter: Duration)
    case refused(String)
    case failed(String, retryAfter: Duration?)
}
