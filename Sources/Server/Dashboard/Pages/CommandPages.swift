import Domain
import Hummingbird
import Projections

/// The commands of the chat: those of an account, and those for all accounts, each with its form.
struct CommandPages: Sendable {
    let services: Services
    let desk: Desk

    var pages: [Page] {
        let own = Place.account, global = Place.global
        return [
            Page(.get, own.path, .botCommandsRead) { try await list($0, own) },
            Page(.get, own.path + "/edit", .botCommandsRead) { try await form($0, own) },
            Page(.post, own.path + "/edit", .botCommandsEdit) { try await save($0, own) },
            Page(.post, own.path + "/delete", .botCommandsEdit) { try await delete($0, own) },
            Page(.get, global.path, .adminAccess, .globalCommandsRead) { try await list($0, global) },
            Page(.get, global.path + "/edit", .adminAccess, .globalCommandsRead) { try await form($0, global) },
            Page(.post, global.path + "/edit", .adminAccess, .globalCommandsEdit) { try await save($0, global) },
            Page(.post, global.path + "/delete", .adminAccess, .globalCommandsEdit) { try await delete($0, global) },
        ]
    }

    /// Whose commands a page is about.
    private enum Place {
        case account, global

        var path: String { self == .account ? "/bot-commands" : "/global-commands" }
        var title: String { self == .account ? "Bot Commands" : "Global Commands" }
        var edit: Permission { self == .account ? .botCommandsEdit : .globalCommandsEdit }

        func operation(_ verb: String) -> String {
            self == .account ? "\(verb)BotCommand" : "\(verb)GlobalCommand"
        }
    }

    private static let fields = FormField.fields(schema: BotCommandBody.schema)

    /// The account that the page is about; nil on the page for all.
    private func choice(_ visit: Visit, _ place: Place) throws -> AccountChoice? {
        place == .account ? try AccountChoice(visit) : nil
    }

    // MARK: the list

    private func list(_ visit: Visit, _ place: Place) async throws -> Response {
        let query = visit.query, choice = try choice(visit, place)
        var content = view(visit, place, choice)
        if let choice {
            guard choice.account != nil || !visit.caller.isSystemAdmin else { return page(visit, place, content) }
            content["account"] = try choice.require(visit).rawValue
        }
        let account = choice?.parameter(visit)
        let items: [(key: String, value: String?)] = choice?.items(visit) ?? []
        let answer = try await desk.ask(
            place.operation("list") + "s", visit,
            query: ["account_id": account, "search": query["search"], "page": query["page"]])
        content.merge(ExtensionList.pager(answer, query, place.path, items)) { $1 }
        let rows = (answer["data"]?.array ?? []).map { row($0, visit, place, items) }
        (content["rows"], content["has_rows"], content["is_chosen"]) = (rows, !rows.isEmpty, true)
        return page(visit, place, content)
    }

    private func row(
        _ command: JSON, _ visit: Visit, _ place: Place, _ items: [(key: String, value: String?)]
    ) -> View {
        var view = command.view
        let name = command["name"]?.string ?? "", isGlobal = command["account_id"]?.string == nil
        view["on"] = command["enabled"]?.bool ?? false
        view["is_global"] = isGlobal
        // A global command is changed on its own page; here an account puts one of its own in its place.
        view["replaces"] = isGlobal && place == .account
        view["may_delete"] = visit.holds(place.edit) && (place == .global || !isGlobal)
        view["role_label"] = FormField.label(of: command["minimum_role"]?.string ?? "")
        let platforms = (command["platforms"]?.array ?? []).compactMap(\.string).compactMap(Platform.init)
        view["where"] =
            platforms.count == Platform.allCases.count
            ? "Everywhere" : platforms.map(Words.platform).joined(separator: ", ")
        view["edit_address"] = place.path + "/edit" + PercentEncoding.query(items + [(key: "name", value: name)])
        return view
    }

    private func view(_ visit: Visit, _ place: Place, _ choice: AccountChoice?) -> View {
        var view = choice?.view(visit) ?? ["account_query": ""]
        view["path"] = place.path
        view["title_words"] = place.title
        view["is_global_page"] = place == .global
        view["may_edit"] = visit.holds(place.edit)
        return view
    }

    private func page(_ visit: Visit, _ place: Place, _ content: View) -> Response {
        HTML.response(.ok, "commands", Layout.view(visit, title: place.title, content))
    }

    // MARK: the form

    private func form(
        _ visit: Visit, _ place: Place, draft: JSON? = nil, errors: FieldErrors? = nil
    ) async throws -> Response {
        let choice = try choice(visit, place), name = visit.form["name"] ?? visit.query["name"]
        let stored = try await stored(visit, place, choice, visit.query["name"] ?? visit.form["stored_name"])
        var content = view(visit, place, choice)
        if let choice { content["account"] = try choice.require(visit).rawValue }
        content["name"] = name
        content["stored_name"] = stored?["name"]?.string
        let isOwn = stored != nil && (place == .global || stored?["account_id"]?.string != nil)
        content["replaces_global"] = stored != nil && !isOwn
        // What is to be made has no revision that could be stale: it may have been deleted before.
        content["revision"] = draft == nil ? (isOwn ? stored?["revision"]?.plain : nil) : visit.form["revision"]
        content["fields"] = Self.fields.view(draft ?? stored ?? .emptyObject, prefix: "", errors)
        content["is_wrong"] = errors != nil
        content["general"] = errors?.general
        content["name_error"] = errors?.message(at: "name")
        let title = name.map { "!\($0)" } ?? "A new command"
        return HTML.response(
            errors == nil ? .ok : .unprocessableContent, "command", Layout.view(visit, title: title, content))
    }

    /// The command that the form begins with; an account's begins with the global one that it will replace.
    private func stored(_ visit: Visit, _ place: Place, _ choice: AccountChoice?, _ name: String?) async throws -> JSON?
    {
        guard let name else { return nil }
        return try await desk.ask(
            place.operation("get"), visit, path: ["name": name], query: ["account_id": choice?.parameter(visit)])[
                "data"]
    }

    private func save(_ visit: Visit, _ place: Place) async throws -> Response {
        let choice = try choice(visit, place), draft = Self.fields.read(visit.form, prefix: "")
        let name = visit.form["name"] ?? ""
        do {
            if visit.form["stored_name"] == nil { try requireNew(name, place, choice, visit) }
            let answer = try await desk.ask(
                place.operation("update"), visit, path: ["name": name],
                query: ["account_id": choice?.parameter(visit)], body: draft,
                revision: visit.form["revision"].flatMap { Int($0) })
            return redirect(visit, place, choice, "!\(name) is saved.", answer)
        } catch {
            guard let errors = FieldErrors(error, names: ["name"] + Self.fields.names(prefix: "")) else { throw error }
            return try await form(visit, place, draft: draft, errors: errors)
        }
    }

    /// A form for a new command must not write over one that the visitor did not see.
    private func requireNew(_ name: String, _ place: Place, _ choice: AccountChoice?, _ visit: Visit) throws {
        let scope = try choice.map { CommandScope.account(try $0.require(visit)) } ?? .global
        guard let name = CommandName(rawValue: name), try services.readModels.botCommand(name, of: scope) != nil else {
            return
        }
        throw ValidationFailed(
            path: "name", code: "already_exists", message: "is the name of a command that there is: edit that one")
    }

    private func delete(_ visit: Visit, _ place: Place) async throws -> Response {
        let choice = try choice(visit, place), name = visit.form["name"] ?? ""
        let answer = try await desk.ask(
            place.operation("delete"), visit, path: ["name": name], query: ["account_id": choice?.parameter(visit)],
            revision: visit.form["revision"].flatMap { Int($0) })
        return redirect(visit, place, choice, "!\(name) is deleted.", answer)
    }

    private func redirect(
        _ visit: Visit, _ place: Place, _ choice: AccountChoice?, _ text: String, _ answer: JSON
    ) -> Response {
        let isChanged = answer["meta"]?["changed"]?.bool == true
        let notice = Notice(
            text: isChanged ? text : "Nothing was changed.",
            position: isChanged ? answer["meta"]?["position"]?.integer : nil)
        return HTML.redirect(notice.address(place.path, choice?.items(visit) ?? [], visit.secret))
    }
}
