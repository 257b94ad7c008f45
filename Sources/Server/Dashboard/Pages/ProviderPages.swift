import Domain
import Hummingbird

/// Providers: a card a platform with its kill switch, its flags, and who the bot is there.
struct ProviderPages: Sendable {
    static let path = "/providers"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .adminAccess, .providersRead, handler: list),
            Page(.get, Self.path + "/{platform}/{flag}", .adminAccess, .providersEdit) { try await ask($0) },
            Page(
                .post, Self.path + "/{platform}/{flag}", .adminAccess, .providersEdit, budget: .emergency,
                handler: flip),
            Page(.post, Self.path + "/{platform}/bot-identity", .adminAccess, .providersEdit, handler: identify),
        ]
    }

    // MARK: the cards

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let answer = try await desk.ask("listProviders", visit)
        let mayEdit = visit.holds(.providersEdit)
        let cards = (answer["data"]?.array ?? []).map { Self.card($0, mayEdit: mayEdit) }
        return HTML.response(.ok, "providers", Layout.view(visit, title: "Providers", ["cards": cards]))
    }

    private static func card(_ provider: JSON, mayEdit: Bool) -> View {
        var view = provider.view
        view["label"] = provider["platform"]?.string.flatMap(Platform.init).map(Words.platform)
        view["runs"] = provider["effective_bot"]?.bool ?? false
        view["may_edit"] = mayEdit
        view["has_credentials"] = provider["credentials"]?.string == "configured"
        view["identity"] = provider["bot_identity"]?.members.map { _ in provider["bot_identity"]?.view ?? [:] }
        view["updated"] = provider["updated_at"]?.string.map(StatusRowView.time)
        view["flags"] = ProviderFlag.allCases.map { flag -> View in
            let isOn = provider[flag.member]?.bool ?? false
            return [
                "flag": flag.rawValue, "label": flag.label, "help": flag.help, "on": isOn,
                "switchable": mayEdit && (flag == .platform || provider["enabled"]?.bool == true),
                "waits": flag != .platform && provider["enabled"]?.bool != true,
            ]
        }
        return view
    }

    // MARK: a switch

    private func ask(_ visit: Visit, errors: FieldErrors? = nil) async throws -> Response {
        let (platform, flag) = try target(visit)
        let provider = try await desk.ask("getProvider", visit, path: ["platform": platform.rawValue])["data"] ?? .null
        let isOn = provider[flag.member]?.bool ?? false
        var view: View = [
            "platform": platform.rawValue, "label": Words.platform(platform), "flag": flag.rawValue,
            "what": flag.of(platform), "help": flag.help, "on": isOn, "to": isOn ? "off" : "on",
            "confirms": isOn && flag.halts, "revision": provider["revision"]?.integer ?? -1,
            "errors": errors?.view ?? [:],
        ]
        for name in ["reason", "ticket", "confirm"] { view[name] = visit.form[name] }
        let active = provider["counts"]?["bots"]?.integer ?? 0
        view["radius"] = Words.count(active, "bot is active", "bots are active")
        let title = "Switch \(flag.of(platform)) \(isOn ? "off" : "on")"
        return HTML.response(
            errors == nil ? .ok : .unprocessableContent, "provider-switch", Layout.view(visit, title: title, view))
    }

    @Sendable private func flip(_ visit: Visit) async throws -> Response {
        let (platform, flag) = try target(visit)
        let form = visit.form, isOn = form["to"] == "on"
        let body = JSON.object(
            [JSON.Member(flag.member, .bool(isOn)), JSON.Member("reason", form["reason"].map(JSON.string) ?? .null)]
                + ["ticket", "confirm"].compactMap { name in form[name].map { JSON.Member(name, .string($0)) } })
        do {
            let answer = try await desk.ask(
                "switchProvider", visit, path: ["platform": platform.rawValue], body: body,
                revision: form["revision"].flatMap { Int($0) })
            return HTML.redirect(notice(answer, platform, flag, isOn: isOn).address(Self.path, [], visit.secret))
        } catch {
            guard let errors = FieldErrors(error, names: ["reason", "ticket", "confirm"]) else { throw error }
            return try await ask(visit, errors: errors)
        }
    }

    private func notice(_ answer: JSON, _ platform: Platform, _ flag: ProviderFlag, isOn: Bool) -> Notice {
        let what = flag.of(platform)
        guard answer["meta"]?["changed"]?.bool == true else {
            return Notice(text: "\(what) was \(isOn ? "on" : "off") already.")
        }
        return Notice(
            text: "\(what) is \(isOn ? "on" : "off").", position: answer["meta"]?["position"]?.integer,
            undo: Notice.Undo(
                action: "\(Self.path)/\(platform.rawValue)/\(flag.rawValue)",
                fields: [
                    ("to", isOn ? "off" : "on"), ("reason", "undone"), ("confirm", platform.rawValue),
                    ("revision", String(answer["data"]?["revision"]?.integer ?? -1)),
                ]))
    }

    private func target(_ visit: Visit) throws -> (Platform, ProviderFlag) {
        guard let platform = Platform(rawValue: visit.path("platform")),
            let flag = ProviderFlag(rawValue: visit.path("flag"))
        else { throw APIError.notFound("there is no such switch: check the address") }
        return (platform, flag)
    }

    // MARK: who the bot is

    @Sendable private func identify(_ visit: Visit) async throws -> Response {
        let platform = visit.path("platform"), label = Platform(rawValue: platform).map(Words.platform) ?? platform
        let isLinked = visit.form["unlink"] == nil
        let body: JSON = [
            "username": visit.form["username"].map(JSON.string) ?? .null,
            "user_id": visit.form["user_id"].map(JSON.string) ?? .null,
        ]
        let answer = try await desk.ask(
            isLinked ? "linkBotIdentity" : "unlinkBotIdentity", visit, path: ["platform": platform],
            body: isLinked ? body : nil)
        let text =
            isLinked ? "The bot of \(label) is \(visit.form["username"] ?? "")." : "\(label) has no bot identity now."
        let notice = Notice(text: text, position: answer["meta"]?["position"]?.integer)
        return HTML.redirect(notice.address(Self.path, [], visit.secret))
    }
}

/// A platform's switches, as people call them.
enum ProviderFlag: String, CaseIterable, Sendable {
    case platform, login, channel, bot

    /// The API's member.
    var member: String { self == .platform ? "enabled" : rawValue }

    /// Switching it off stops every bot there at once.
    var halts: Bool { self == .platform || self == .bot }

    var label: String {
        switch self {
        case .platform: "Platform"
        case .login: "Login"
        case .channel: "Channel"
        case .bot: "Bot"
        }
    }

    func of(_ platform: Platform) -> String {
        self == .platform ? Words.platform(platform) : "\(label) of \(Words.platform(platform))"
    }

    var help: String {
        switch self {
        case .platform: "The kill switch. Off, nothing of the platform is used: no logins, no new channels, no bots."
        case .login: "Whether people can log in with it. Who is logged in stays so."
        case .channel: "Whether new channels can be connected. Connected ones stay so."
        case .bot: "Whether bots act there. Off, they stop at once and keep their connections."
        }
    }
}
