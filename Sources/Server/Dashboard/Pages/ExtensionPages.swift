import Domain
import Hummingbird

/// The store of extensions: what it offers, one of them with all that it asks for, and installing it.
struct ExtensionPages: Sendable {
    static let path = "/extensions"
    private static let one = path + "/{extension_id}"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .extensionsRead, handler: list),
            Page(.get, Self.one, .extensionsRead) { try await show($0) },
            Page(.get, Self.one + "/versions/{version}", .extensionsReview, handler: bundle),
            Page(.post, Self.one + "/install", .botModulesEdit, handler: install),
        ]
    }

    // MARK: the catalogue

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let query = visit.query, choice = try AccountChoice(visit)
        let answer = try await desk.ask(
            "listExtensions", visit,
            query: ["search": query["search"], "page": query["page"], "account_id": choice.parameter(visit)])
        var content = choice.view(visit)
        content.merge(ExtensionList.view(answer, query, Self.path, choice.items(visit))) { $1 }
        content["may_submit"] = visit.holds(.extensionsSubmit)
        content["may_review"] = visit.holds(.extensionsReview)
        return HTML.response(.ok, "extensions", Layout.view(visit, title: "Extensions", content))
    }

    // MARK: one of them

    private func show(_ visit: Visit, wrong: FieldErrors? = nil) async throws -> Response {
        let choice = try AccountChoice(visit), id = visit.path("extension_id")
        let found = try await desk.ask("getExtension", visit, path: ["extension_id": id])["data"] ?? .null
        let manifest = found["manifest"] ?? .null
        var content = ExtensionList.row(found).merging(choice.view(visit)) { $1 }
        content["asks"] = (manifest["permissions"]?.array ?? []).compactMap(\.string).map(PermissionWords.view)
        content["hosts"] = (manifest["egress"]?["allowHosts"]?.array ?? []).compactMap(\.string)
        content["triggers"] = TriggerForm.view(manifest["triggers"], .null, nil)
        let isOffered = found["published_version"] != .null && found["suspended"]?.bool != true
        content["may_install"] = isOffered && visit.holds(.botModulesEdit)
        let fields = FormField.fields(configSchema: manifest["config_schema"] ?? .null)
        content["fields"] = fields.view(fields.read(visit.form, prefix: "config."), prefix: "config.", wrong)
        content["general"] = wrong?.general
        content["is_wrong"] = wrong != nil
        let mayReview = visit.holds(.extensionsReview)
        content["may_review"] = mayReview
        content["may_suspend"] = visit.holds(.extensionsSuspend)
        content["decisions"] = Choice.options(Extension.Decision.self, nil) { ExtensionList.label($0.rawValue) }
        content["versions"] = (found["versions"]?.array ?? []).map { Self.version($0, mayReview: mayReview) }
        let title = found["name"]?.string ?? "Extension"
        return HTML.response(
            wrong == nil ? .ok : .unprocessableContent, "extension", Layout.view(visit, title: title, content))
    }

    private static func version(_ version: JSON, mayReview: Bool) -> View {
        var view = version.view
        let state = version["state"]?.string ?? ""
        view["state_label"] = ExtensionList.label(state)
        view["submitted"] = version["submitted_at"]?.string.map(StatusRowView.time)
        view["is_enhanced"] = version["review_level"]?.string == "enhanced"
        view["is_open"] = mayReview && ["submitted", "in_review"].contains(state)
        view["may_publish"] = mayReview && state == "approved"
        view["reviews"] = (version["reviews"]?.array ?? []).map { review -> View in
            var view = review.view
            view["decision_label"] = review["decision"]?.string.map(ExtensionList.label)
            return view
        }
        return view
    }

    @Sendable private func bundle(_ visit: Visit) async throws -> Response {
        let id = visit.path("extension_id"), version = visit.path("version")
        let answer = try await desk.ask(
            "getExtensionBundle", visit, path: ["extension_id": id, "version": version])
        let files = (answer["files"]?.members ?? []).map { file -> View in
            ["path": file.name, "text": file.value.string ?? ""]
        }
        let content: View = ["extension_id": id, "version": version, "files": files]
        return HTML.response(.ok, "bundle", Layout.view(visit, title: "The files of \(version)", content))
    }

    @Sendable private func install(_ visit: Visit) async throws -> Response {
        let choice = try AccountChoice(visit), id = visit.path("extension_id"), form = visit.form
        let found = try await desk.ask("getExtension", visit, path: ["extension_id": id])["data"] ?? .null
        let fields = FormField.fields(configSchema: found["manifest"]?["config_schema"] ?? .null)
        do {
            let body: JSON = [
                "extension_id": .string(id), "permissions": .array(form.all("permissions").map(JSON.string)),
                "config": fields.read(form, prefix: "config."),
            ]
            let answer = try await desk.ask(
                "installExtension", visit, query: ["account_id": choice.parameter(visit)], body: body)
            let notice = Notice(
                text: "\(found["name"]?.string ?? "The extension") is installed.",
                position: answer["meta"]?["position"]?.integer)
            let place = "\(ModulePages.path)/extensions/\(answer["data"]?["install_id"]?.string ?? "")"
            return HTML.redirect(notice.address(place, choice.items(visit), visit.secret))
        } catch {
            guard let errors = FieldErrors(error, names: fields.names(prefix: "config.")) else { throw error }
            return try await show(visit, wrong: errors)
        }
    }
}

/// Extensions in a list.
enum ExtensionList {
    static func view(
        _ answer: JSON, _ query: Form, _ path: String, _ items: [(key: String, value: String?)]
    ) -> View {
        let rows = (answer["data"]?.array ?? []).map(row)
        var view = pager(answer, query, path, items)
        (view["rows"], view["has_rows"]) = (rows, !rows.isEmpty)
        return view
    }

    /// Where the list stands and leads, whatever it lists.
    static func pager(
        _ answer: JSON, _ query: Form, _ path: String, _ items: [(key: String, value: String?)]
    ) -> View {
        let total = answer["meta"]?["total"]?.integer ?? 0, perPage = answer["meta"]?["per_page"]?.integer ?? 25
        let page = answer["meta"]?["page"]?.integer ?? 1, pages = max(1, (total + perPage - 1) / perPage)
        var view: View = [
            "page": page, "pages": pages, "total": total,
            "is_filtered": query["search"] != nil,
        ]
        view["search"] = query["search"]
        let filter = items + [(key: "search", value: query["search"])]
        func address(_ page: Int) -> String {
            path + PercentEncoding.query(filter + [(key: "page", value: String(page))])
        }
        if page > 1 { view["previous"] = address(min(page - 1, pages)) }
        if page < pages { view["next"] = address(page + 1) }
        return view
    }

    static func row(_ found: JSON) -> View {
        var view = found.view
        let state = found["suspended"]?.bool == true ? "suspended" : found["state"]?.string ?? ""
        view["state"] = state
        view["state_label"] = label(state)
        view["newest"] = found["versions"]?.array?.first?["version"]?.string
        return view
    }

    static func label(_ state: String) -> String { FormField.label(of: state) }
}
