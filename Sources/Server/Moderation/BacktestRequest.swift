import BotModules
import Domain
import HTTPTypes

/// A proposed configuration and the chat to try it on.
struct BacktestRequest {
    static let messagesMax = 50_000
    /// The answer must not grow with the mistakes.
    private static let failuresMax = 100

    let settings: ModuleSettings
    let messages: [ChatMessage]

    /// - Parameter account: of messages that name none.
    init(_ json: JSON, _ module: ModuleName, account: AccountID) throws(ValidationFailed) {
        var body = ObjectReader(json)
        let config = body.value("config"), exemptRoles = body.value("exempt_roles")
        let entries = body.array("messages", countMax: Self.messagesMax)
        _ = body.require("config", config)
        _ = body.require("messages", entries)
        var settings: ModuleSettings?, messages: [ChatMessage] = []
        body.collect { () throws(ValidationFailed) in
            settings = try ModuleSettings(module: module, config: config, exemptRoles: exemptRoles)
        }
        for (index, entry) in (entries ?? []).enumerated() where body.failures.count < Self.failuresMax {
            body.collect { () throws(ValidationFailed) in
                messages.append(try ChatMessage(entry, account: account, path: "messages.\(index)"))
            }
        }
        try body.finish()
        guard let settings else { throw ValidationFailed(body.failures) }
        (self.settings, self.messages) = (settings, messages)
    }

    /// Judges every message by the account's modules as they are stored, and as they would be with the proposal.
    func run(beside stored: [(settings: ModuleSettings, isEnabled: Bool)], isOverdue: () -> Bool) throws -> Backtest {
        let others = stored.filter { $0.settings.module != settings.module }
        var backtest = Backtest(
            CompiledModules(others + [(settings: settings, isEnabled: true)]), against: CompiledModules(stored))
        for message in messages {
            if isOverdue() {
                throw APIError(
                    .contentTooLarge, "too_large",
                    "\(backtest.messages) of \(messages.count) messages were judged in the time that there is: "
                        + "send fewer at once")
            }
            _ = backtest.judge(message)
        }
        return backtest
    }
}

extension Backtest {
    /// `{messages, differing, proposed: {hits, by_module, by_rule, by_action}, current: {…}, differences: […]}`
    func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("messages", messages)
            object.member("differing", differing)
            object.name("proposed")
            proposed.encode(into: &object)
            object.name("current")
            current.encode(into: &object)
            object.name("differences")
            object.array { array in
                for difference in differences { array.raw(Array(difference.jsonLine.utf8)) }
            }
        }
    }
}

extension Backtest.Counts {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("hits", hits)
            object.name("by_module")
            Self.encode(hitsByModule, into: &object)
            object.name("by_rule")
            Self.encode(hitsByRule, into: &object)
            object.name("by_action")
            Self.encode(hitsByAction, into: &object)
        }
    }

    private static func encode<Name: RawRepresentable<String>>(_ counts: [Name: Int], into writer: inout JSONWriter) {
        writer.object { object in
            for (name, count) in counts.map({ ($0.key.rawValue, $0.value) }).sorted(by: { $0.0 < $1.0 }) {
                object.name(name)
                object.integer(count)
            }
        }
    }
}
