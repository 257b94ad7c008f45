import Commands
import Domain
import Hummingbird

/// One installed extension: its settings, what it listens to, whose messages it lets alone, and its switches.
struct InstallPages: Sendable {
    private static let path = ModulePages.path + "/extensions/{install_id}"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [Page(.get, Self.path, .botModulesRead) { try await show($0) }]
            + [Page(.post, Self.path + "/kill", .botModulesEdit, budget: .emergency) { try await act("kill", $0) }]
            + ["config", "overrides", "exempt-roles", "switch", "upgrade", "uninstall"].map { action in
                Page(.post, Self.path + "/" + action, .botModulesEdit) { try await act(action, $0) }
            }
    }

    // MARK: the page

    private func show(_ visit: Visit, wrong: (action: String, errors: FieldErrors)? = nil) async throws -> Response {
        let choice = try AccountChoice(visit), id = visit.path("install_id")
        let install = try await desk.ask(
            "getInstall", visit, path: ["install_id": id], query: ["account_id": choice.parameter(visit)])["data"]
        let manifest = try manifest(install ?? .null)
        var content = InstallCard.view(install ?? .null).merging(choice.view(visit)) { $1 }
        content["may_edit"] = visit.holds(.botModulesEdit)
        content["is_on"] = install?["enabled"]?.bool == true && install?["kill"] == .null
        let config =
            wrong?.action == "config" ? Self.fields(manifest).read(visit.form, prefix: "config.") : install?["config"]
        let errors = wrong?.action == "config" ? wrong?.errors : nil
        let fields = Self.fields(manifest).view(config ?? .emptyObject, prefix: "config.", errors)
        content["fields"] = fields
        content["has_fields"] = !fields.isEmpty
        content["roles"] = ModuleWords.roles(install?["exempt_roles"])
        let triggers = TriggerForm.view(
            manifest["triggers"], install ?? .null, wrong?.action == "overrides" ? wrong?.errors : nil)
        content["triggers"] = triggers
        content["general"] = wrong?.errors.general
        content["is_wrong"] = wrong != nil
        content["granted"] = (install?["permissions"]?.array ?? []).compactMap(\.string).map(PermissionWords.view)
        if let offered = content["upgrade"] as? String {
            content["asks"] = try asks(install ?? .null, offered).map(PermissionWords.view)
        }
        let title = install?["name"]?.string ?? "Extension"
        return HTML.response(
            wrong == nil ? .ok : .unprocessableContent, "install", Layout.view(visit, title: title, content))
    }

    private static func fields(_ manifest: JSON) -> [FormField] {
        FormField.fields(configSchema: manifest["config_schema"] ?? .null)
    }

    /// Of the version that the install runs by; who may see the install may see it.
    private func manifest(_ install: JSON, version: String? = nil) throws -> JSON {
        guard let id = install["extension_id"]?.string.flatMap(ExtensionID.init(rawValue:)),
            let version = version ?? install["version"]?.string,
            let text = try services.commands.manifest(of: id, version: version)
        else { return .null }
        return try JSONParser.parse(text.bytes)
    }

    private func asks(_ install: JSON, _ version: String) throws -> [String] {
        (try manifest(install, version: version)["permissions"]?.array ?? []).compactMap(\.string)
    }

    // MARK: what it does

    private func act(_ action: String, _ visit: Visit) async throws -> Response {
        let choice = try AccountChoice(visit), id = visit.path("install_id")
        let install =
            try await desk.ask(
                "getInstall", visit, path: ["install_id": id], query: ["account_id": choice.parameter(visit)])["data"]
            ?? .null
        let manifest = try manifest(install), command = try Command(action, visit, install, manifest)
        do {
            let answer = try await desk.ask(
                command.operation, visit, path: action == "kill" ? [:] : ["install_id": id],
                query: ["account_id": choice.parameter(visit)], body: command.body,
                revision: visit.form["revision"].flatMap { Int($0) })
            let isChanged = answer["meta"]?["changed"]?.bool == true
            var notice = Notice(
                text: isChanged ? command.done : "Nothing was changed.",
                position: isChanged ? answer["meta"]?["position"]?.integer : nil)
            if isChanged, let to = command.undo {
                let fields =
                    [("to", to), ("revision", String(answer["data"]?["revision"]?.integer ?? -1))]
                    + choice.items(visit).compactMap { item in item.value.map { (item.key, $0) } }
                notice.undo = Notice.Undo(action: "\(ModulePages.path)/extensions/\(id)/switch", fields: fields)
            }
            let back = action == "uninstall" ? ModulePages.path : "\(ModulePages.path)/extensions/\(id)"
            return HTML.redirect(notice.address(back, choice.items(visit), visit.secret))
        } catch {
            let names = Self.fields(manifest).names(prefix: "config.") + TriggerForm.names(manifest["triggers"])
            guard let errors = FieldErrors(error, names: names) else { throw error }
            return try await show(visit, wrong: (action, errors))
        }
    }

    /// What a form of the page asks of the API.
    private struct Command {
        let operation: String, body: JSON?, done: String
        /// How a switch is put back.
        var undo: String?

        init(_ action: String, _ visit: Visit, _ install: JSON, _ manifest: JSON) throws {
            let form = visit.form, name = install["name"]?.string ?? ""
            switch action {
            case "config":
                let config = InstallPages.fields(manifest).read(form, prefix: "config.")
                (operation, body, done) = ("configureInstall", ["config": config], "Saved.")
            case "overrides":
                let overrides = TriggerForm.read(form, manifest["triggers"])
                (operation, body, done) = ("overrideTriggers", ["overrides": overrides], "Saved.")
            case "exempt-roles":
                let roles = ModuleWords.roles(form)
                (operation, body, done) = ("setInstallExemptRoles", ["exempt_roles": roles], "Saved.")
            case "switch":
                let isOn = form["to"] == "on"
                (operation, body) = ("switchInstall", ["enabled": .bool(isOn)])
                done = "\(name) is \(isOn ? "on" : "off")."
                undo = isOn ? "off" : "on"
            case "kill":
                var members = [JSON.Member("install_id", install["install_id"] ?? .null)]
                if let reason = form["reason"] { members.append(JSON.Member("reason", .string(reason))) }
                (operation, body) = ("killInstall", .object(members))
                done = "\(name) is stopped. Its settings are kept."
                undo = "on"
            case "upgrade":
                let consent = form.all("permissions").map(JSON.string)
                (operation, body, done) = ("upgradeInstall", ["permissions": .array(consent)], "\(name) is upgraded.")
            default: (operation, body, done) = ("uninstallExtension", nil, "\(name) is removed.")
            }
        }
    }
}
