import Domain
import Hummingbird
import Projections

/// Discord guilds: which account each belongs to, and taking one away.
struct GuildPages: Sendable {
    static let path = "/discord-guilds"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .adminAccess, .discordGuildsRead) { try await list($0) },
            Page(.post, Self.path, .adminAccess, .discordGuildsEdit, handler: map),
            Page(.post, Self.path + "/{guild_id}/delete", .adminAccess, .discordGuildsEdit, handler: delete),
        ]
    }

    private func list(_ visit: Visit, wrong: FieldErrors? = nil) async throws -> Response {
        let query = visit.query
        let answer = try await desk.ask(
            "listGuilds", visit, query: ["search": query["search"], "page": query["page"]])
        var content = ExtensionList.pager(answer, query, Self.path, [])
        let rows = try (answer["data"]?.array ?? []).map(row)
        (content["rows"], content["has_rows"]) = (rows, !rows.isEmpty)
        content["may_edit"] = visit.holds(.discordGuildsEdit)
        content["own_account"] = visit.caller.ownAccount?.rawValue
        content["is_wrong"] = wrong != nil
        content["errors"] = wrong?.view ?? [:]
        for name in ["guild_id", "name", "account_id"] { content["new_\(name)"] = visit.form[name] }
        return HTML.response(
            wrong == nil ? .ok : .unprocessableContent, "guilds", Layout.view(visit, title: "Discord Guilds", content))
    }

    private func row(_ guild: JSON) throws -> View {
        var view = guild.view
        let account = AccountID(stored: guild["account_id"]?.string ?? "")
        view["account_name"] = try services.readModels.account(account)?.name
        view["connected"] = guild["connected_at"]?.string.map(StatusRowView.time)
        return view
    }

    @Sendable private func map(_ visit: Visit) async throws -> Response {
        let id = visit.form["guild_id"] ?? "", name = visit.form["name"] ?? ""
        let account = visit.form["account_id"] ?? visit.caller.ownAccount?.rawValue ?? ""
        do {
            let answer = try await desk.ask(
                "mapGuild", visit, path: ["guild_id": id],
                body: ["account_id": .string(account), "name": .string(name)])
            let isChanged = answer["meta"]?["changed"]?.bool == true
            let text = isChanged ? "\(name) belongs to \(account)." : "\(name) belonged to \(account) already."
            return redirect(visit, text, answer)
        } catch {
            guard let errors = FieldErrors(error, names: ["guild_id", "name", "account_id"]) else { throw error }
            return try await list(visit, wrong: errors)
        }
    }

    @Sendable private func delete(_ visit: Visit) async throws -> Response {
        let answer = try await desk.ask(
            "unmapGuild", visit, path: ["guild_id": visit.path("guild_id")],
            revision: visit.form["revision"].flatMap { Int($0) })
        let name = visit.form["name"] ?? visit.path("guild_id")
        return redirect(visit, "\(name) belongs to nobody now. The bot is still in the guild.", answer)
    }

    private func redirect(_ visit: Visit, _ text: String, _ answer: JSON) -> Response {
        let isChanged = answer["meta"]?["changed"]?.bool == true
        let notice = Notice(text: text, position: isChanged ? answer["meta"]?["position"]?.integer : nil)
        return HTML.redirect(notice.address(Self.path, [], visit.secret))
    }
}
