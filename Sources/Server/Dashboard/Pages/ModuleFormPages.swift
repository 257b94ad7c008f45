import BotModules
import Domain
import Hummingbird
import Projections

/// One built-in module: its form, its settings as JSON, a try on chat of the past, and what it was before.
struct ModuleFormPages: Sendable {
    private static let path = ModulePages.path + "/{module_name}"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .botModulesRead) { try await form($0) },
            Page(.post, Self.path, .botModulesEdit, handler: save),
            Page(.post, Self.path + "/backtest", .botModulesRead, handler: backtest),
            Page(.post, Self.path + "/revert", .botModulesEdit, handler: revert),
            Page(.post, Self.path + "/delete", .botModulesEdit, handler: delete),
        ]
    }

    /// What the form holds: stored, or sent a moment ago.
    private struct Draft {
        var isEnabled = true
        var config = JSON.emptyObject
        var exemptRoles = JSON.emptyObject
        var revision = -1

        var body: JSON {
            ["enabled": .bool(isEnabled), "config": config, "exempt_roles": exemptRoles]
        }
    }

    // MARK: the form

    private func form(
        _ visit: Visit, _ draft: Draft? = nil, errors: FieldErrors? = nil, backtest: View? = nil
    ) async throws -> Response {
        let module = try module(visit), choice = try AccountChoice(visit), account = try choice.require(visit)
        let stored = try stored(module, account)
        let draft = draft ?? stored ?? Draft()
        var content = choice.view(visit)
        content["account"] = account.rawValue
        content["module"] = module.rawValue
        content["title_words"] = ModuleWords.title(module)
        content["help"] = ModuleWords.help(module)
        content["is_configured"] = stored != nil
        content["is_enabled"] = draft.isEnabled
        content["revision"] = draft.revision
        content["stored_revision"] = stored?.revision ?? draft.revision
        content["may_edit"] = visit.holds(.botModulesEdit)
        content["fields"] = Self.fields(module).view(draft.config, prefix: "config.", errors)
        content["roles"] = ModuleWords.roles(draft.exemptRoles)
        content["json"] = draft.config.indented
        content["general"] = errors?.general
        content["is_wrong"] = errors != nil
        content["judges_chat"] = module != .timedMessages
        content["chat"] = visit.form["chat"] ?? Self.exampleChat
        content["backtest"] = backtest
        content["history"] = try await history(visit, module, account)
        return HTML.response(
            errors == nil ? .ok : .unprocessableContent, "bot-module",
            Layout.view(visit, title: ModuleWords.title(module), content))
    }

    private static func fields(_ module: ModuleName) -> [FormField] {
        FormField.fields(schema: ModuleSchemas.config(of: module))
    }

    private func stored(_ module: ModuleName, _ account: AccountID) throws -> Draft? {
        try services.readModels.botModule(module, of: account).map {
            Draft(
                isEnabled: $0.enabled, config: try JSONParser.parse($0.config.bytes),
                exemptRoles: try JSONParser.parse($0.exemptRoles.bytes), revision: $0.revision)
        }
    }

    private func module(_ visit: Visit) throws -> ModuleName {
        guard let module = ModuleName(rawValue: visit.path("module_name")) else {
            throw APIError.notFound("there is no such module: check the address")
        }
        return module
    }

    /// From the form with fields, or from the one whose settings are one text.
    private func draft(_ visit: Visit, _ module: ModuleName) -> (draft: Draft, errors: FieldErrors?) {
        let form = visit.form
        var draft = Draft(
            isEnabled: form["enabled"] != nil, exemptRoles: ModuleWords.roles(form),
            revision: form["revision"].flatMap { Int($0) } ?? -1)
        guard let text = form["json"] else {
            draft.config = Self.fields(module).read(form, prefix: "config.")
            return (draft, nil)
        }
        do throws(JSONParser.SyntaxError) {
            draft.config = try JSONParser.parse(text)
            return (draft, nil)
        } catch {
            return (draft, FieldErrors(general: "The settings are not JSON: \(error)."))
        }
    }

    // MARK: what it does

    @Sendable private func save(_ visit: Visit) async throws -> Response {
        let module = try module(visit), choice = try AccountChoice(visit)
        let (draft, errors) = draft(visit, module)
        if let errors { return try await form(visit, draft, errors: errors) }
        do {
            let answer = try await desk.ask(
                "updateBotModule", visit, path: ["module_name": module.rawValue],
                query: ["account_id": choice.parameter(visit)], body: draft.body, revision: draft.revision)
            let isChanged = answer["meta"]?["changed"]?.bool == true
            return redirect(visit, module, choice, answer, isChanged ? "Saved." : "Nothing was changed.")
        } catch {
            guard let errors = FieldErrors(error, names: Self.fields(module).names(prefix: "config.")) else {
                throw error
            }
            return try await form(visit, draft, errors: errors)
        }
    }

    private func redirect(
        _ visit: Visit, _ module: ModuleName, _ choice: AccountChoice, _ answer: JSON, _ text: String
    ) -> Response {
        let isChanged = answer["meta"]?["changed"]?.bool == true
        let notice = Notice(text: text, position: isChanged ? answer["meta"]?["position"]?.integer : nil)
        let path = "\(ModulePages.path)/\(module.rawValue)"
        return HTML.redirect(notice.address(path, choice.items(visit), visit.secret))
    }

    @Sendable private func delete(_ visit: Visit) async throws -> Response {
        let module = try module(visit), choice = try AccountChoice(visit)
        let answer = try await desk.ask(
            "deleteBotModule", visit, path: ["module_name": module.rawValue],
            query: ["account_id": choice.parameter(visit)], revision: visit.form["revision"].flatMap { Int($0) })
        return redirect(visit, module, choice, answer, "The configuration is removed.")
    }

    // MARK: a try on chat

    private static let exampleChat = """
        viewer1: hello everyone
        viewer2: look at https://example.com/now
        viewer3: BUY FOLLOWERS CHEAP AND FAST
        """

    @Sendable private func backtest(_ visit: Visit) async throws -> Response {
        let module = try module(visit), choice = try AccountChoice(visit), account = try choice.require(visit)
        let (draft, errors) = draft(visit, module)
        if let errors { return try await form(visit, draft, errors: errors) }
        let chat = ChatLines.messages(visit.form["chat"] ?? Self.exampleChat, account, from: services.clock.now)
        do {
            let body: JSON = ["config": draft.config, "exempt_roles": draft.exemptRoles, "messages": .array(chat)]
            let answer = try await desk.ask(
                "backtestBotModule", visit, path: ["module_name": module.rawValue],
                query: ["account_id": choice.parameter(visit)], body: body)
            return try await form(visit, draft, backtest: Self.view(answer["data"] ?? .null))
        } catch {
            let names = Self.fields(module).names(prefix: "config.")
            guard let errors = FieldErrors(error, names: names) else { throw error }
            return try await form(visit, draft, errors: errors)
        }
    }

    private static func view(_ backtest: JSON) -> View {
        let differences = (backtest["differences"]?.array ?? []).map { difference -> View in
            [
                "user": difference["user"]?.string ?? "", "text": difference["text"]?.string ?? "",
                "now": words(difference["against"]), "then": words(difference["verdict"]),
            ]
        }
        return [
            "messages": Words.count(backtest["messages"]?.integer ?? 0, "message"),
            "proposed": backtest["proposed"]?["hits"]?.integer ?? 0,
            "current": backtest["current"]?["hits"]?.integer ?? 0,
            "differing": backtest["differing"]?.integer ?? 0, "has_differences": !differences.isEmpty,
            "differences": differences,
        ]
    }

    private static func words(_ verdict: JSON?) -> String {
        guard let verdict, verdict != .null else { return "stays" }
        return "\(verdict["action"]?.string ?? ""): \(verdict["reason"]?.string ?? "")"
    }

    // MARK: what it was before

    /// nil for who may not read the journal.
    private func history(_ visit: Visit, _ module: ModuleName, _ account: AccountID) async throws -> View? {
        guard visit.holds(.auditRead) else { return nil }
        let stream = EntityID.botModule(account, module).description
        let answer = try await desk.ask("listEvents", visit, query: ["stream": stream, "limit": "20"])
        let events = answer["data"]?.array ?? []
        let views = try events.enumerated().map { index, event -> View in
            var view = EventView.row(event)
            view["changes"] = try EventChanges.of(event, services.journal) ?? []
            view["may_revert"] = index > 0 && event["type"]?.string == BotModule.Event.Name.upserted.rawValue
            return view
        }
        return views.isEmpty ? nil : ["events": views]
    }

    @Sendable private func revert(_ visit: Visit) async throws -> Response {
        let module = try module(visit), choice = try AccountChoice(visit), account = try choice.require(visit)
        let event = try await desk.ask("getEvent", visit, path: ["position": visit.form["position"] ?? ""])["data"]
        guard event?["stream"]?.string == EntityID.botModule(account, module).description,
            let data = event?["data"], let isEnabled = data["enabled"]?.bool
        else { throw APIError.notFound("there is no such configuration of this module: go back and choose another") }
        let body: JSON = [
            "enabled": .bool(isEnabled), "config": data["config"] ?? .emptyObject,
            "exempt_roles": data["exempt_roles"] ?? .emptyObject,
        ]
        let answer = try await desk.ask(
            "updateBotModule", visit, path: ["module_name": module.rawValue],
            query: ["account_id": choice.parameter(visit)], body: body,
            revision: visit.form["revision"].flatMap { Int($0) })
        let position = event?["position"]?.integer ?? 0
        return redirect(visit, module, choice, answer, "As it was at \(position) again.")
    }
}
