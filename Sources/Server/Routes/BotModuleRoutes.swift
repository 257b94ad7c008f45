import BotModules
import Commands
import Domain
import Hummingbird
import Projections

/// The built-in modules of an account: what is configured, and how to change it.
struct BotModuleRoutes {
    let services: Services

    var operations: [Operation] {
        let path = "/v1/bot-modules/{module_name}"
        return [
            Operation(
                method: .get, path: "/v1/bot-modules", id: "listBotModules",
                summary: "List the modules that the account has configured, and the extensions that it has installed.",
                access: .permission(.botModulesRead),
                parameters: [.accountID, .asOf], answer: .list("AnyBotModule"),
                refusals: [404: "The account is another's."],
                version: { [services] in
                    services.readModels.version(of: .botModule, .extensionInstall, .extension, .account)
                }, handler: list),
            Operation(
                method: .get, path: path, id: "getBotModule", summary: "Read one module's configuration.",
                access: .permission(.botModulesRead), parameters: [.accountID, .asOf], answer: .one("BotModule"),
                refusals: [404: "The module is not configured."], handler: get),
            Operation(
                method: .put, path: path, id: "updateBotModule",
                summary: "Configure a module: the whole new value, stored as given.",
                access: .permission(.botModulesEdit), parameters: [.accountID], body: UpsertBody.schema,
                answer: .write("BotModule"),
                refusals: [403: "Not permitted, or the plan has no bot modules.", 404: "There is no such account."],
                handler: put),
            Operation(
                method: .delete, path: path, id: "deleteBotModule", summary: "Remove a module's configuration.",
                access: .permission(.botModulesEdit), parameters: [.accountID], answer: .write("BotModule"),
                refusals: [404: "There is no such account."], handler: delete),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let account = try call.targetAccount()
        return try await services.read(call) { readModels in
            try services.pages.answer(to: call) {
                let modules = try readModels.botModules(of: account)
                let installs = try readModels.installs(of: account).map { try InstallView($0, readModels) }
                let page = PageRequest(perPage: ModuleName.allCases.count + installs.count)
                return Answers.list(call, page, total: modules.count + installs.count) { array in
                    for module in modules { module.encodeEntry(into: &array) }
                    for install in installs { install.encode(into: &array) }
                }
            }
        }
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let module = try call.pathChoice("module_name", ModuleName.self)
        let account = try call.targetAccount()
        return try await services.read(call) { readModels in
            guard let document = try readModels.botModule(module, of: account) else {
                throw APIError.notFound("\(module.rawValue) is not configured: configure it with PUT")
            }
            return Answers.unlessKnown(call, revision: document.revision) {
                Answers.one(call.selfHref(href(call, account, module)), etag: document.revision) {
                    document.encodeEntry(into: &$0)
                }
            }
        }
    }

    @Sendable private func put(_ call: Call) async throws -> Response {
        let module = try call.pathChoice("module_name", ModuleName.self)
        let account = try call.targetAccount()
        let body = try UpsertBody(call.json(), module)
        let outcome = try await services.commands.upsertBotModule(
            account, module, enabled: body.enabled, body.settings, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, account, module)
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let module = try call.pathChoice("module_name", ModuleName.self)
        let account = try call.targetAccount()
        let outcome = try await services.commands.deleteBotModule(
            account, module, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, account, module)
    }

    private func answer(
        _ call: Call, _ outcome: CommandOutcome, _ account: AccountID, _ module: ModuleName
    ) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let document = try services.readModels.botModule(module, of: account)
        return Answers.write(outcome, reach, href(call, account, module), etag: document?.revision) { data in
            if let document { document.encodeEntry(into: &data) } else { data.null() }
        }
    }

    /// Leads the same caller to the same module: whoever had to name the account has to name it again.
    private func href(_ call: Call, _ account: AccountID, _ module: ModuleName) -> String {
        let path = "/v1/bot-modules/\(module.rawValue)"
        return call.caller.account == nil ? "\(path)?account_id=\(account)" : path
    }
}

extension BotModuleDocument {
    /// As lists have it, which hold extensions too.
    fileprivate func encodeEntry(into writer: inout JSONWriter) {
        writer.raw(Array(#"{"kind":"builtin","install_id":null,"#.utf8) + bytes.dropFirst())
    }
}

/// `{"enabled": bool, "config"?: object, "exempt_roles"?: object}`
private struct UpsertBody {
    let enabled: Bool, settings: ModuleSettings

    static let schema: JSON = [
        "type": "object", "required": ["enabled"], "additionalProperties": false,
        "properties": [
            "enabled": ["type": "boolean", "description": "Whether the module does anything."],
            "config": Schemas.moduleConfig,
            "exempt_roles": ["$ref": "#/components/schemas/ExemptRoles"],
        ],
    ]

    init(_ json: JSON, _ module: ModuleName) throws {
        var body = ObjectReader(json)
        let flag = body.bool("enabled")
        let enabled = body.require("enabled", flag)
        let config = body.value("config"), exemptRoles = body.value("exempt_roles")
        var settings: ModuleSettings?
        do throws(ValidationFailed) {
            settings = try ModuleSettings(module: module, config: config, exemptRoles: exemptRoles)
        } catch {
            body.add(error.failures)
        }
        try body.finish()
        guard let enabled, let settings else { throw ValidationFailed(body.failures) }
        (self.enabled, self.settings) = (enabled, settings)
    }
}
