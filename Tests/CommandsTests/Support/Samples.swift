import BotModules
import Commands
import Domain
import EventStore

extension AccountID {
    static let one = AccountID(stored: "acct_1")
}

extension Timestamp {
    /// Seconds after the moment at which `TestClock` starts.
    static func seconds(_ seconds: Int) -> Timestamp { Timestamp(microseconds: TestClock.start + seconds * 1_000_000) }
}

extension Bot.Connection {
    static let lobby = Bot.Connection(channelID: "1", channelName: "lobby", botUserID: nil)
    static let arena = Bot.Connection(channelID: "2", channelName: "arena", botUserID: "b2")
}

extension ModuleSettings {
    static func words(_ words: String..., exempt: JSON? = nil) throws -> ModuleSettings {
        try ModuleSettings(
            module: .wordFilter, config: ["blocked_words": .array(words.map(JSON.string))], exemptRoles: exempt)
    }
}

extension CommandRequest {
    static func test(seen: Int? = nil, key: String? = nil, body: String = "body") -> CommandRequest {
        var request = CommandRequest.system(correlationID: "correlation", commandID: "command")
        request.seenRevision = seen
        request.idempotency = key.map {
            Idempotency(key: Hash(of: Array($0.utf8)), fingerprint: Hash(of: Array(body.utf8)))
        }
        return request
    }
}

/// Settings that any test may use.
enum ModuleSettingsSample {
    static var words: ModuleSettings { get throws { try .words("a") } }
}
