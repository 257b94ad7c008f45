import Commands
import Domain
import Hummingbird
import Projections

/// The commands that people call in chat: an account's own, and those for all accounts.
struct BotCommandRoutes {
    let services: Services

    private static let search = Operation.Parameter(
        "search", ["type": "string", "maxLength": 200], "A part of the name or of the description.")

    var operations: [Operation] { accountOperations + globalOperations }

    private var accountOperations: [Operation] {
        let path = "/v1/bot-commands/{name}"
        return [
            Operation(
                method: .get, path: "/v1/bot-commands", id: "listBotCommands",
                summary: "List the commands in force for an account: its own, and the global ones beside them.",
                access: .permission(.botCommandsRead), parameters: [.accountID, Self.search, .page, .perPage, .asOf],
                answer: .list("BotCommand"), refusals: [404: "The account is another's."]
            ) { try await list($0, isGlobal: false) },
            Operation(
                method: .get, path: path, id: "getBotCommand",
                summary: "Read the command in force under a name: the account's own, or else the global one.",
                access: .permission(.botCommandsRead), parameters: [.accountID, .asOf], answer: .one("BotCommand"),
                refusals: [404: "There is no such command."]
            ) { try await get($0, .account($0.targetAccount())) },
            Operation(
                method: .put, path: path, id: "updateBotCommand",
                summary: "Define an account's own command: the whole new value.",
                access: .permission(.botCommandsEdit), parameters: [.accountID], body: BotCommandBody.schema,
                answer: .write("BotCommand"), refusals: [404: "There is no such account."]
            ) { try await put($0, .account($0.targetAccount())) },
            Operation(
                method: .delete, path: path, id: "deleteBotCommand",
                summary: "Delete an account's own command. A global one of its name is in force again.",
                access: .permission(.botCommandsEdit), parameters: [.accountID], answer: .write("BotCommand"),
                refusals: [404: "There is no such account."]
            ) { try await delete($0, .account($0.targetAccount())) },
        ]
    }

    private var globalOperations: [Operation] {
        let path = "/v1/admin/bot-commands/{name}"
        return [
            Operation(
                method: .get, path: "/v1/admin/bot-commands", id: "listGlobalCommands",
                summary: "List the commands for all accounts.", access: .permission(.globalCommandsRead),
                parameters: [Self.search, .page, .perPage, .asOf], answer: .list("BotCommand")
            ) { try await list($0, isGlobal: true) },
            Operation(
                method: .get, path: path, id: "getGlobalCommand", summary: "Read one command for all accounts.",
                access: .permission(.globalCommandsRead), parameters: [.asOf], answer: .one("BotCommand"),
                refusals: [404: "There is no such command."]
            ) { try await get($0, .global) },
            Operation(
                method: .put, path: path, id: "updateGlobalCommand",
                summary: "Define a command for all accounts: the whole new value.",
                access: .permission(.globalCommandsEdit), body: BotCommandBody.schema, answer: .write("BotCommand")
            ) { try await put($0, .global) },
            Operation(
                method: .delete, path: path, id: "deleteGlobalCommand",
                summary: "Delete a command for all accounts. Accounts keep their own of its name.",
                access: .permission(.globalCommandsEdit), answer: .write("BotCommand")
            ) { try await delete($0, .global) },
        ]
    }

    private func list(_ call: Call, isGlobal: Bool) async throws -> Response {
        var query = try call.query()
        let requested = isGlobal ? nil : query.account("account_id")
        let search = query.string("search", lengthMax: 200)
        let page = PageRequest(&query)
        try query.finish()
        let scope: CommandScope =
            isGlobal ? .global : .account(try Authoriser.account(for: call.caller, requested: requested))
        return try await services.read(call) { readModels in
            let found = try readModels.botCommands(
                of: scope, search: search, offset: page.offset, limit: page.perPage)
            let list = Answers.list(call, page, total: found.total) { array in
                for command in found.rows { command.encode(into: &array) }
            }
            return Answers.response(.ok, list)
        }
    }

    private func get(_ call: Call, _ scope: CommandScope) async throws -> Response {
        let name = try call.pathCommand()
        let href = call.selfHref(href(call, scope, name))
        return try await services.read(call) { readModels in
            let own = try readModels.botCommand(name, of: scope)
            guard let command = try own ?? readModels.botCommand(name, of: .global) else {
                throw APIError.notFound("there is no command !\(name): define it with PUT")
            }
            // A revision of the global one would say nothing of the account's own.
            guard let own else { return Answers.one(href) { command.encode(into: &$0) } }
            return Answers.unlessKnown(call, revision: own.revision) {
                Answers.one(href, etag: own.revision) { own.encode(into: &$0) }
            }
        }
    }

    private func put(_ call: Call, _ scope: CommandScope) async throws -> Response {
        let name = try call.pathCommand()
        let body = try BotCommandBody(call.json())
        let outcome = try await services.commands.upsertBotCommand(
            name, of: scope, body.definition, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, scope, name)
    }

    private func delete(_ call: Call, _ scope: CommandScope) async throws -> Response {
        let name = try call.pathCommand()
        let outcome = try await services.commands.deleteBotCommand(
            name, of: scope, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, scope, name)
    }

    private func answer(
        _ call: Call, _ outcome: CommandOutcome, _ scope: CommandScope, _ name: CommandName
    ) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let command = try services.readModels.botCommand(name, of: scope)
        return Answers.write(outcome, reach, href(call, scope, name), etag: command?.revision) { data in
            if let command { command.encode(into: &data) } else { data.null() }
        }
    }

    /// Leads the same caller to the same command: whoever had to name the account has to name it again.
    private func href(_ call: Call, _ scope: CommandScope, _ name: CommandName) -> String {
        guard let account = scope.account else { return "/v1/admin/bot-commands/\(name)" }
        let path = "/v1/bot-commands/\(name)"
        return call.caller.account == account ? path : "\(path)?account_id=\(account)"
    }
}

extension Call {
    fileprivate func pathCommand() throws(ValidationFailed) -> CommandName {
        guard let name = CommandName(rawValue: path("name")) else {
            throw ValidationFailed(path: "name", code: "not_allowed", message: CommandName.rule)
        }
        return name
    }
}
