import Commands
import Domain
import Extensions
import Hummingbird
import Projections
import Runtime

/// The extensions that an account has installed, beside its built-in modules.
struct InstallRoutes {
    private static let path = "/v1/bot-modules/extensions"
    private static let one = path + "/{install_id}"
    private static let missing = [404: "There is no such install, or it is another account's."]
    private static let plan = [403: "Not permitted, or the plan has no bot modules.", 404: "There is no such install."]

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: Self.path, id: "installExtension",
                summary: "Install an extension, with consent to exactly the permissions that it asks for.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: InstallBody.schema,
                answer: .write("Install", creates: true),
                refusals: [
                    403: "Not permitted, or the plan has no bot modules.", 404: "The store has no such extension.",
                    409: "Consent is missing, it is installed with other settings, or it is suspended.",
                ], handler: install),
            Operation(
                method: .get, path: Self.one, id: "getInstall", summary: "Read an install.",
                access: .permission(.botModulesRead), parameters: [.accountID, .asOf], answer: .one("Install"),
                refusals: Self.missing, handler: get),
            Operation(
                method: .patch, path: Self.one, id: "switchInstall",
                summary: "Switch an install on or off. Switching it on lifts the kill switch.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: InstallSwitchBody.schema,
                answer: .write("Install"), refusals: Self.plan, handler: patch),
            Operation(
                method: .delete, path: Self.one, id: "uninstallExtension",
                summary: "Remove an install, its settings, and all that it keeps.",
                access: .permission(.botModulesEdit), parameters: [.accountID], answer: .write("Install"),
                refusals: [404: "There is no such account."], handler: delete),
        ] + settings
    }

    private var settings: [Operation] {
        [
            Operation(
                method: .put, path: "\(Self.one)/config", id: "configureInstall",
                summary: "Set an install's settings: the whole new value, checked against the extension's schema.",
                access: .permission(.botModulesEdit), parameters: [.accountID],
                body: Schemas.wrapped("config", ["type": "object"]), answer: .write("Install"), refusals: Self.plan,
                handler: configure),
            Operation(
                method: .put, path: "\(Self.one)/overrides", id: "overrideTriggers",
                summary: "Say which triggers listen to something else: the whole new value; null restores one.",
                access: .permission(.botModulesEdit), parameters: [.accountID],
                body: Schemas.wrapped("overrides", ["type": "object"]), answer: .write("Install"),
                refusals: Self.plan, handler: override),
            Operation(
                method: .put, path: "\(Self.one)/exempt-roles", id: "setInstallExemptRoles",
                summary: "Say whose messages the extension does not moderate: the whole new value.",
                access: .permission(.botModulesEdit), parameters: [.accountID],
                body: Schemas.wrapped("exempt_roles", Schemas.ref("ExemptRoles")), answer: .write("Install"),
                refusals: Self.plan, handler: exempt),
            Operation(
                method: .post, path: "\(Self.one)/upgrade", id: "upgradeInstall",
                summary:
                    "Go to the version that is offered. Settings that do not fit hold it, and the old one goes on.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: UpgradeBody.schema,
                answer: .write("Install"), refusals: Self.plan, handler: upgrade),
            Operation(
                method: .post, path: "/v1/bot-modules/kill", id: "killInstall",
                summary: "Stop an install at once, on any plan. Its settings are kept; switch it on to lift it.",
                access: .permission(.botModulesEdit), budget: .emergency, parameters: [.accountID],
                body: KillBody.schema, answer: .write("Install"), refusals: Self.missing, handler: kill),
        ]
    }

    @Sendable private func install(_ call: Call) async throws -> Response {
        let account = try call.targetAccount()
        let wish = try InstallBody(call.json()).wish
        let outcome = try await services.commands.installExtension(
            wish, for: account, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, account, CommandHandler.installID(of: wish.extensionID, in: account))
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let account = try call.targetAccount(), id = try call.pathInstall()
        return try await services.read(call) { readModels in
            guard let document = try readModels.install(id), document.accountID == account else {
                throw Refusal.noSuchInstall
            }
            let view = try InstallView(document, readModels)
            return Answers.one(call.selfHref(call.href(account, id)), etag: document.revision) {
                view.encode(into: &$0)
            }
        }
    }

    @Sendable private func patch(_ call: Call) async throws -> Response {
        let body = try InstallSwitchBody(call.json())
        return try await change(call) { account, id, request in
            try await services.commands.switchInstall(id, of: account, enabled: body.enabled, request)
        }
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let account = try call.targetAccount(), id = try call.pathInstall()
        let outcome = try await services.commands.uninstallExtension(
            id, of: account, call.commandRequest(now: services.clock.now))
        let answer = try await answer(call, outcome, account, id)
        if try services.readModels.install(id) == nil { try services.runtime.removeKeyValues(of: id) }
        return answer
    }

    @Sendable private func configure(_ call: Call) async throws -> Response {
        let config = try call.wrapped("config")
        return try await change(call) { account, id, request in
            try await services.commands.configureInstall(id, of: account, config: config, request)
        }
    }

    @Sendable private func override(_ call: Call) async throws -> Response {
        let overrides = try call.wrapped("overrides")
        return try await change(call) { account, id, request in
            try await services.commands.overrideTriggers(id, of: account, overrides: overrides, request)
        }
    }

    @Sendable private func exempt(_ call: Call) async throws -> Response {
        let roles = try ExemptRoleSet(try call.wrapped("exempt_roles", orNull: true))
        return try await change(call) { account, id, request in
            try await services.commands.setExemptRoles(id, of: account, roles, request)
        }
    }

    @Sendable private func upgrade(_ call: Call) async throws -> Response {
        let wish = try UpgradeBody(call.json()).wish
        return try await change(call) { account, id, request in
            try await services.commands.upgradeInstall(id, of: account, wish, request)
        }
    }

    /// In an emergency a system admin need not know whose it is.
    @Sendable private func kill(_ call: Call) async throws -> Response {
        let body = try KillBody(call.json())
        var query = try call.query()
        let requested = query.account("account_id")
        try query.finish()
        let owner = call.caller.isSystemAdmin ? try services.commands.owner(of: body.installID) : nil
        let account = try Authoriser.account(for: call.caller, requested: requested ?? owner)
        let outcome = try await services.commands.killInstall(
            body.installID, of: account, reason: body.reason, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, account, body.installID)
    }

    private func change(
        _ call: Call, _ command: (AccountID, InstallID, CommandRequest) async throws -> CommandOutcome
    ) async throws -> Response {
        let account = try call.targetAccount(), id = try call.pathInstall()
        let outcome = try await command(account, id, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, account, id)
    }

    private func answer(
        _ call: Call, _ outcome: CommandOutcome, _ account: AccountID, _ id: InstallID
    ) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let document = try services.readModels.install(id).flatMap { $0.accountID == account ? $0 : nil }
        let view = try document.map { try InstallView($0, services.readModels) }
        return Answers.write(outcome, reach, call.href(account, id), etag: document?.revision) { data in
            if let view { view.encode(into: &data) } else { data.null() }
        }
    }
}

extension Call {
    /// The account that an account-scoped request is about.
    func targetAccount() throws -> AccountID {
        var query = try query()
        let requested = query.account("account_id")
        try query.finish()
        return try Authoriser.account(for: caller, requested: requested)
    }

    /// Leads the same caller to the same install: whoever had to name the account has to name it again.
    fileprivate func href(_ account: AccountID, _ id: InstallID) -> String {
        let path = "/v1/bot-modules/extensions/\(id)"
        return caller.account == nil ? "\(path)?account_id=\(account)" : path
    }

    /// The object that a body holds under one name, and nothing else.
    ///
    /// - Parameter orNull: whether null says the same as an empty one.
    fileprivate func wrapped(_ name: String, orNull: Bool = false) throws -> JSON {
        var body = ObjectReader(try json())
        let given = body.object(name)
        let value = orNull && body.sent(name) && body.value(name) == nil ? .emptyObject : body.require(name, given)
        try body.finish()
        return value ?? .emptyObject
    }
}
