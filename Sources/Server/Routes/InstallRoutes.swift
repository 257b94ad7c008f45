import Commands
import Domain
import Extensions
import Hummingbird
import Logging
import Projections
import Runtime

/// The extensions of an account: install, set up, switch, upgrade, stop and remove.
struct InstallRoutes {
    let services: Services

    private static let path = "/v1/bot-modules/extensions"
    private static let one = path + "/{install_id}"

    var operations: [Operation] { lifeOperations + setupOperations }

    private var lifeOperations: [Operation] {
        [
            Operation(
                method: .post, path: Self.path, id: "installExtension",
                summary: "Install an extension, with your consent to each of its permissions.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: InstallBody.schema,
                answer: .write("ExtensionInstall", creates: true), refusals: Self.refusals, handler: install),
            Operation(
                method: .get, path: Self.one, id: "getExtensionInstall", summary: "Read one installed extension.",
                access: .permission(.botModulesRead), parameters: [.accountID], answer: .one("ExtensionInstall"),
                refusals: [404: "There is no such install, or it is another account's."], handler: get),
            Operation(
                method: .patch, path: Self.one, id: "switchExtensionInstall",
                summary: "Switch it on or off. Switching on lifts the kill switch, too.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: SwitchInstallBody.schema,
                answer: .write("ExtensionInstall"), refusals: Self.refusals, handler: toggle),
            Operation(
                method: .delete, path: Self.one, id: "uninstallExtension",
                summary: "Remove it, and all that it has kept.", access: .permission(.botModulesEdit),
                parameters: [.accountID], answer: .write("ExtensionInstall"),
                refusals: [404: "There is no such install, or it is another account's."], handler: uninstall),
            Operation(
                method: .post, path: "/v1/bot-modules/kill", id: "killExtensionInstall",
                summary: "Stop an extension at once and keep its configuration. Switch it on to let it run again.",
                access: .permission(.botModulesEdit), budget: .emergency, parameters: [.accountID],
                body: KillBody.schema, answer: .write("ExtensionInstall"),
                refusals: [404: "There is no such install, or it is another account's."], handler: kill),
        ]
    }

    private var setupOperations: [Operation] {
        [
            Operation(
                method: .put, path: Self.one + "/config", id: "configureExtensionInstall",
                summary: "Set its settings: the whole new value, held against the extension's schema.",
                access: .permission(.botModulesEdit), parameters: [.accountID],
                body: ["type": "object", "description": "By key, as config_schema in the manifest has them."],
                answer: .write("ExtensionInstall"), refusals: Self.refusals, handler: configure),
            Operation(
                method: .put, path: Self.one + "/overrides", id: "overrideExtensionTriggers",
                summary: "Change its triggers: the whole new value. A null restores what the extension comes with.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: Schemas.triggerOverrides,
                answer: .write("ExtensionInstall"), refusals: Self.refusals, handler: override),
            Operation(
                method: .put, path: Self.one + "/exempt-roles", id: "setExtensionExemptRoles",
                summary: "Say whose messages it does not moderate.", access: .permission(.botModulesEdit),
                parameters: [.accountID], body: Schemas.ref("ExemptRoles"), answer: .write("ExtensionInstall"),
                refusals: Self.refusals, handler: exempt),
            Operation(
                method: .post, path: Self.one + "/upgrade", id: "upgradeExtensionInstall",
                summary: "Go over to another version. Settings that do not fit hold it: the old one goes on.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: UpgradeBody.schema,
                answer: .write("ExtensionInstall"), refusals: Self.refusals, handler: upgrade),
        ]
    }

    private static let refusals = [
        403: "Not permitted, or the plan has no bot modules.",
        404: "There is no such extension, version or install, or it is another account's.",
        409: "The extension is suspended, or the version asks for more than was consented to.",
    ]

    @Sendable private func install(_ call: Call) async throws -> Response {
        let account = try account(call)
        let body = try InstallBody(call.json())
        let outcome = try await services.commands.installExtension(
            body.wish, for: account, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, CommandHandler.installID(of: body.wish.extensionID, in: account))
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let (id, account) = try place(call)
        guard let document = try services.readModels.install(id), document.accountID == account else {
            throw Refusal.noSuchInstall
        }
        // Whether the extension is suspended is no part of the install's own history.
        return Answers.one(href(call, id), etag: document.revision) { services.encode(document, into: &$0) }
    }

    @Sendable private func toggle(_ call: Call) async throws -> Response {
        let (id, account) = try place(call)
        let body = try SwitchInstallBody(call.json())
        let outcome = try await services.commands.switchInstall(
            id, of: account, enabled: body.enabled, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }

    @Sendable private func uninstall(_ call: Call) async throws -> Response {
        let (id, account) = try place(call)
        let outcome = try await services.commands.uninstallExtension(
            id, of: account, call.commandRequest(now: services.clock.now))
        do {
            try services.runtime.removeKeyValues(of: id)
        } catch {
            // The next start forgets it.
            services.logger.warning("what an extension kept stays until the next start", metadata: ["install": "\(id)"])
        }
        return try await answer(call, outcome, id)
    }

    @Sendable private func kill(_ call: Call) async throws -> Response {
        let body = try KillBody(call.json())
        let account = try account(call, installed: body.install)
        let outcome = try await services.commands.killInstall(
            body.install, of: account, reason: body.reason, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, body.install)
    }

    @Sendable private func configure(_ call: Call) async throws -> Response {
        let (id, account) = try place(call)
        let outcome = try await services.commands.configureInstall(
            id, of: account, config: call.json(), call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }

    @Sendable private func override(_ call: Call) async throws -> Response {
        let (id, account) = try place(call)
        let outcome = try await services.commands.overrideTriggers(
            id, of: account, overrides: call.json(), call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }

    @Sendable private func exempt(_ call: Call) async throws -> Response {
        let (id, account) = try place(call)
        let json = try call.json()
        let roles = try ExemptRoleSet(json == .null ? .emptyObject : json)
        let outcome = try await services.commands.setExemptRoles(
            id, of: account, roles, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }

    @Sendable private func upgrade(_ call: Call) async throws -> Response {
        let (id, account) = try place(call)
        let body = try UpgradeBody(call.json())
        let outcome = try await services.commands.upgradeInstall(
            id, of: account, body.wish, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }
}

extension InstallRoutes {
    private func place(_ call: Call) throws -> (InstallID, AccountID) {
        let id = try call.pathInstall()
        return (id, try account(call, installed: id))
    }

    /// - Parameter install: whose account is meant where a caller who reaches all names none.
    private func account(_ call: Call, installed install: InstallID? = nil) throws -> AccountID {
        var query = try call.query()
        let requested = query.account("account_id")
        try query.finish()
        guard let install, requested == nil, call.caller.account == nil else {
            return try Authoriser.account(for: call.caller, requested: requested)
        }
        guard let owner = try services.commands.owner(of: install) else { throw Refusal.noSuchInstall }
        return try Authoriser.account(for: call.caller, requested: owner)
    }

    private func answer(_ call: Call, _ outcome: CommandOutcome, _ id: InstallID) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let document = try services.readModels.install(id)
        return Answers.write(outcome, reach, href(call, id), etag: document?.revision) { data in
            if let document { services.encode(document, into: &data) } else { data.null() }
        }
    }

    private func href(_ call: Call, _ id: InstallID) -> String { "\(Self.path)/\(id)" }
}
