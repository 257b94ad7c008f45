import Commands
import Domain
import Hummingbird
import Projections

/// Accounts and their bots' connections; the account side of the product calls these.
struct AccountRoutes {
    let services: Services
    let botControl: BotControlRoutes

    var operations: [Operation] {
        let path = "/v1/admin/accounts/{account_id}"
        return [
            Operation(
                method: .get, path: "/v1/admin/accounts", id: "listAccounts", summary: "List the accounts by name.",
                access: .permission(.accountsRead), parameters: [.search, .page, .perPage, .asOf],
                answer: .list("Account"),
                handler: list),
            Operation(
                method: .post, path: "/v1/admin/accounts", id: "registerAccount",
                summary: "Register an account. Repeating it with the same values changes nothing.",
                access: .permission(.accountsEdit), body: RegisterBody.schema,
                answer: .write("Account", creates: true),
                refusals: [404: "The account is another's.", 409: "The account is registered with other values."],
                handler: register),
            Operation(
                method: .get, path: path, id: "getAccount", summary: "Read one account.",
                access: .permission(.accountsRead), parameters: [.asOf], answer: .one("Account"),
                refusals: [404: "There is no such account."], handler: get),
            Operation(
                method: .patch, path: path, id: "changeAccount",
                summary: "Change an account's name, plan or own limit; members that are absent stay.",
                access: .permission(.accountsEdit), body: ChangeBody.schema, answer: .write("Account"),
                refusals: [404: "There is no such account."], handler: change),
            Operation(
                method: .put, path: path + "/bots/{platform}", id: "connectBot",
                summary: "Connect the account's bot to a channel. A pause stays in force.",
                access: .permission(.accountsEdit), body: ConnectBody.schema, answer: .write("BotStatus"),
                refusals: [404: "There is no such account.", 409: "The platform takes no new channels."],
                handler: connect),
            Operation(
                method: .delete, path: path + "/bots/{platform}", id: "disconnectBot",
                summary: "Disconnect the account's bot.", access: .permission(.accountsEdit),
                answer: .write("BotStatus"), refusals: [404: "There is no such account."], handler: disconnect),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let search = query.string("search", lengthMax: 200)
        let page = PageRequest(&query)
        try query.finish()
        let own = call.caller.ownAccount
        return try await services.read(call) { readModels in
            let found = try readModels.accounts(search: search, only: own, offset: page.offset, limit: page.perPage)
            let list = Answers.list(call, page, total: found.total) { array in
                for account in found.rows { account.encode(into: &array) }
            }
            return Answers.response(.ok, list)
        }
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let id = try call.pathAccount()
        try Authoriser.requireReach(id, call.caller)
        return try await services.read(call) { readModels in
            guard let account = try readModels.account(id) else { throw APIError.notFound("there is no account \(id)") }
            return Answers.unlessKnown(call, revision: account.revision) {
                Answers.one(call.selfHref(Self.href(id)), etag: account.revision) { account.encode(into: &$0) }
            }
        }
    }

    @Sendable private func register(_ call: Call) async throws -> Response {
        let body = try RegisterBody(call.json())
        try Authoriser.requireReach(body.id, call.caller)
        let outcome = try await services.commands.registerAccount(
            body.id, name: body.name, plan: body.plan, customBotAllowed: body.customBotAllowed,
            call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, body.id)
    }

    @Sendable private func change(_ call: Call) async throws -> Response {
        let id = try call.pathAccount()
        let body = try ChangeBody(call.json())
        try Authoriser.requireReach(id, call.caller)
        let outcome = try await services.commands.changeAccount(
            id, name: body.name, plan: body.plan, customBotAllowed: body.limit,
            call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }

    @Sendable private func connect(_ call: Call) async throws -> Response {
        let id = try call.pathAccount()
        let platform = try call.pathChoice("platform", Platform.self)
        let body = try ConnectBody(call.json())
        try Authoriser.requireReach(id, call.caller)
        let outcome = try await services.commands.connectBot(
            id, platform, body.connection, call.commandRequest(now: services.clock.now))
        return try await botControl.answer(call, outcome, id, platform)
    }

    @Sendable private func disconnect(_ call: Call) async throws -> Response {
        let id = try call.pathAccount()
        let platform = try call.pathChoice("platform", Platform.self)
        try Authoriser.requireReach(id, call.caller)
        let outcome = try await services.commands.disconnectBot(
            id, platform, call.commandRequest(now: services.clock.now))
        return try await botControl.answer(call, outcome, id, platform)
    }

    private func answer(_ call: Call, _ outcome: CommandOutcome, _ id: AccountID) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let account = try services.readModels.account(id)
        return Answers.write(outcome, reach, Self.href(id), etag: account?.revision) { data in
            if let account { account.encode(into: &data) } else { data.null() }
        }
    }

    private static func href(_ id: AccountID) -> String { "/v1/admin/accounts/\(id)" }
}
