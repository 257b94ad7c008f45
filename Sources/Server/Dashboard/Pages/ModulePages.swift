import Commands
import Domain
import Hummingbird
import Projections

/// Bot modules: a card each for what is built in and for what is installed.
struct ModulePages: Sendable {
    static let path = "/bot-modules"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .botModulesRead, handler: list),
            Page(.post, Self.path + "/{module_name}/switch", .botModulesEdit, handler: flip),
        ]
    }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let choice = try AccountChoice(visit)
        var content = choice.view(visit)
        content["may_edit"] = visit.holds(.botModulesEdit)
        guard choice.account != nil || !visit.caller.isSystemAdmin else {
            return HTML.response(.ok, "bot-modules", Layout.view(visit, title: "Bot Modules", content))
        }
        let account = try choice.require(visit)
        let answer = try await desk.ask("listBotModules", visit, query: ["account_id": choice.parameter(visit)])
        let entries = answer["data"]?.array ?? []
        content["is_chosen"] = true
        content["cards"] = ModuleName.allCases.map { name in
            card(name, entries.first { $0["module_name"]?.string == name.rawValue }, account)
        }
        content["installs"] = entries.filter { $0["kind"]?.string == "extension" }.map { InstallCard.view($0) }
        content["plan_refuses"] = try !(services.commands.requireAccount(account).customBotAllowed)
        content["may_browse"] = visit.holds(.extensionsRead)
        return HTML.response(.ok, "bot-modules", Layout.view(visit, title: "Bot Modules", content))
    }

    private func card(_ name: ModuleName, _ module: JSON?, _ account: AccountID) -> View {
        var view: View = [
            "module": name.rawValue, "title": ModuleWords.title(name), "help": ModuleWords.help(name),
            "is_configured": module != nil, "on": module?["enabled"]?.bool ?? false,
            "revision": module?["revision"]?.integer ?? -1, "key": "\(account):\(name.rawValue)",
        ]
        view["updated"] = module?["updated_at"]?.string.map(StatusRowView.time)
        return view
    }

    /// On and off: the same settings again, with the other flag.
    @Sendable private func flip(_ visit: Visit) async throws -> Response {
        let choice = try AccountChoice(visit), account = try choice.require(visit)
        let name = visit.path("module_name"), isOn = visit.form["to"] == "on"
        guard let module = ModuleName(rawValue: name) else { throw APIError.notFound("there is no module \(name)") }
        let stored = try services.readModels.botModule(module, of: account)
        let body: JSON = [
            "enabled": .bool(isOn), "config": try stored.map { try JSONParser.parse($0.config.bytes) } ?? .emptyObject,
            "exempt_roles": try stored.map { try JSONParser.parse($0.exemptRoles.bytes) } ?? .emptyObject,
        ]
        let answer = try await desk.ask(
            "updateBotModule", visit, path: ["module_name": name], query: ["account_id": choice.parameter(visit)],
            body: body, revision: visit.form["revision"].flatMap { Int($0) })
        let notice = Notice(
            text: "\(ModuleWords.title(module)) is \(isOn ? "on" : "off").",
            position: answer["meta"]?["position"]?.integer,
            undo: Notice.Undo(
                action: "\(Self.path)/\(name)/switch",
                fields: [
                    ("to", isOn ? "off" : "on"), ("revision", String(answer["data"]?["revision"]?.integer ?? -1)),
                ] + choice.items(visit).compactMap { item in item.value.map { (item.key, $0) } }))
        return HTML.redirect(notice.address(Self.path, choice.items(visit), visit.secret))
    }
}

/// An install on the list.
enum InstallCard {
    static func view(_ install: JSON) -> View {
        var view = install.view
        let state = install["state"]?.string.flatMap(InstallView.State.init) ?? .disabled
        view["title"] = install["name"]?.string
        view["state_label"] = label(state)
        view["badge"] = state == .running ? "on" : state == .disabled ? "no_connection" : "off"
        view["is_killed"] = state == .killed
        view["why"] =
            install["kill"]?["reason"]?.string ?? install["trip"]?["reason"]?.string
            ?? install["held"]?["reason"]?.string
        view["upgrade"] = install["offered_version"]?.string.flatMap { $0 == install["version"]?.string ? nil : $0 }
        return view
    }

    static func label(_ state: InstallView.State) -> String {
        switch state {
        case .running: "On"
        case .disabled: "Off"
        case .killed: "Killed"
        case .tripped: "Stopped: it kept failing"
        case .suspended: "Suspended by the store"
        case .planRequired: "Needs the Pro plan"
        }
    }
}
