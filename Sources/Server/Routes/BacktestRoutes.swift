import BotModules
import Commands
import Domain
import Hummingbird
import Projections

/// What a configuration would have done to chat of the past, before anybody is hit by it.
struct BacktestRoutes {
    private static let bodyBytesMax = 8 << 20

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: "/v1/bot-modules/{module_name}/backtest", id: "backtestBotModule",
                summary: """
                    Try a configuration on chat: what it would do to which messages, and what the stored one would. \
                    Nothing is stored and nothing is sent. One at a time for each caller.
                    """,
                access: .permission(.botModulesRead), parameters: [.accountID], body: Schemas.backtest,
                bodyBytesMax: Self.bodyBytesMax, answer: .one("Backtest"),
                refusals: [404: "The account is another's."], handler: backtest)
        ]
    }

    @Sendable private func backtest(_ call: Call) async throws -> Response {
        let module = try call.pathChoice("module_name", ModuleName.self)
        var query = try call.query()
        let requested = query.account("account_id")
        try query.finish()
        let account = try Authoriser.account(for: call.caller, requested: requested)
        let stored = try services.readModels.botModules(of: account)
        return try await services.backtests.run(for: "\(call.caller.actor.kind):\(call.caller.actor.id)") { isOverdue in
            // Reading the body is the greater part of the work: it is done here, too.
            let request = try BacktestRequest(call.json(), module, account: account)
            let backtest = try request.run(beside: stored.map { try ($0.settings, $0.enabled) }, isOverdue: isOverdue)
            return Answers.one(call.request.uri.path) { backtest.encode(into: &$0) }
        }
    }
}

extension BotModuleDocument {
    fileprivate var settings: ModuleSettings {
        get throws {
            try ModuleSettings(
                module: module, config: JSONParser.parse(config.bytes), exemptRoles: JSONParser.parse(exemptRoles.bytes)
            )
        }
    }
}
