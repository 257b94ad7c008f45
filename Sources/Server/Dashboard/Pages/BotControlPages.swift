import Domain
import Hummingbird
import Projections

/// Bot Control: what every bot does, and the switch that pauses one.
struct BotControlPages: Sendable {
    static let path = "/bot-control"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .adminAccess, .botControlRead, handler: list),
            Page(.get, Self.path + "/{account_id}/{platform}", .adminAccess, .botControlRead, handler: one),
            Page(.post, Self.path + "/toggle", .adminAccess, .botControlEdit, budget: .emergency, handler: toggle),
        ]
    }

    // MARK: the list

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let filter = StatusFilterFields(visit.query)
        let answer = try await desk.ask(
            "listBotStatuses", visit,
            query: [
                "platform": filter.platform, "search": filter.search, "status": filter.status,
                "hearing": filter.hearing,
                "page": String(filter.page),
            ])
        let mayEdit = visit.holds(.botControlEdit)
        let rows = (answer["data"]?.array ?? []).map { StatusRowView.view($0, mayEdit: mayEdit) }
        var content: View = ["filter": filter.view, "rows": rows, "has_rows": !rows.isEmpty, "may_edit": mayEdit]
        content["durations"] = PauseDuration.options
        content.merge(Self.paging(answer["meta"], filter, isEmpty: rows.isEmpty)) { $1 }
        return HTML.response(
            .ok, "bot-control", Layout.view(visit, title: "Bot Control", script: "bot-control", content))
    }

    private static func paging(_ meta: JSON?, _ filter: StatusFilterFields, isEmpty: Bool) -> View {
        let total = meta?["total"]?.integer ?? 0, perPage = meta?["per_page"]?.integer ?? 25
        let pages = max(1, (total + perPage - 1) / perPage)
        var view: View = ["page": filter.page, "pages": pages, "total": total]
        if filter.page > 1 { view["previous"] = path + filter.query(page: min(filter.page - 1, pages)) }
        if filter.page < pages { view["next"] = path + filter.query(page: filter.page + 1) }
        view["is_past"] = isEmpty && total > 0
        view["is_no_match"] = total == 0 && !filter.isEmpty
        view["is_empty"] = total == 0 && filter.isEmpty
        return view
    }

    // MARK: one bot

    @Sendable private func one(_ visit: Visit) async throws -> Response {
        guard let account = AccountID(rawValue: visit.path("account_id")),
            let platform = Platform(rawValue: visit.path("platform"))
        else { throw APIError.notFound("there is no such bot: check the address") }
        try Authoriser.requireReach(account, visit.caller)
        let answer = try await desk.ask(
            "listBotStatuses", visit,
            query: ["platform": platform.rawValue, "search": account.rawValue, "per_page": "100"])
        guard let row = answer["data"]?.array?.first(where: { $0["account_id"]?.string == account.rawValue }) else {
            throw APIError.notFound("there is no account \(account): check the address")
        }
        var content = StatusRowView.view(row, mayEdit: visit.holds(.botControlEdit))
        content["durations"] = PauseDuration.options
        let title = "\(row["account_name"]?.string ?? "") on \(Words.platform(platform))"
        return HTML.response(.ok, "bot", Layout.view(visit, title: title, content))
    }

    /// The switch without scripts. The button says what, and to which bot.
    @Sendable private func toggle(_ visit: Visit) async throws -> Response {
        let form = visit.form
        guard let bot = form["pause"] ?? form["resume"], let colon = bot.lastIndex(of: ":"),
            let account = AccountID(rawValue: String(bot[..<colon])),
            let platform = Platform(rawValue: String(bot[bot.index(after: colon)...]))
        else { throw ValidationFailed(path: "pause", code: "required", message: "is required: which bot?") }
        let paused = form["pause"] != nil
        let before = try services.readModels.status(account, platform)?.bot
        let end = try PauseDuration.end(form["duration"], from: services.clock.now)?.description ?? form["until"]
        let body: JSON = [
            "paused": .bool(paused), "reason": form["reason"].map(JSON.string) ?? .null,
            "until": paused ? end.map(JSON.string) ?? .null : .null,
        ]
        let answer = try await desk.ask(
            "setBotPaused", visit, path: ["account_id": account.rawValue, "platform": platform.rawValue], body: body,
            revision: form["revision"].flatMap { Int($0) })
        let query = StatusFilterFields(Form(String((form["back"] ?? "").drop { $0 == "?" })))
        let notice = notice(answer, account, platform, paused: paused, before, query.query)
        return HTML.redirect(notice.address(Self.path, query.items, visit.secret))
    }

    /// What is undone gets its reason and its end back.
    private func notice(
        _ answer: JSON, _ account: AccountID, _ platform: Platform, paused: Bool, _ before: BotDocument?,
        _ query: String
    ) -> Notice {
        let bot = "\(account) on \(Words.platform(platform))"
        guard answer["meta"]?["changed"]?.bool == true else {
            return Notice(text: "\(bot) was \(paused ? "paused" : "running") already.")
        }
        var fields = [(paused ? "resume" : "pause", "\(account):\(platform.rawValue)"), ("back", query)]
        fields.append(("revision", String(answer["data"]?["revision"]?.integer ?? -1)))
        fields.append(("reason", paused ? "undone" : before?.pause?.reason ?? "undone"))
        if !paused, let until = before?.pause?.until, until > services.clock.now {
            fields.append(("until", until.description))
        }
        return Notice(
            text: "\(paused ? "Paused" : "Resumed") \(bot).", position: answer["meta"]?["position"]?.integer,
            undo: Notice.Undo(action: Self.path + "/toggle", fields: fields))
    }
}
