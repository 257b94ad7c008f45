import Domain
import Extensions
import Hummingbird

/// What authors bring to the store, and what reviewers say to it.
struct ReviewPages: Sendable {
    private static let one = ExtensionPages.path + "/{extension_id}"

    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, "/reviews", .extensionsReview, handler: queue),
            Page(.get, "/submissions", .extensionsSubmit) { submission($0) },
            Page(.post, "/submissions", .extensionsSubmit, handler: submit),
            Page(.post, Self.one + "/review", .extensionsReview) { visit in
                let body: JSON = ["decision": Self.text(visit, "decision"), "note": Self.text(visit, "note")]
                return try await act(visit, "reviewExtension", version: true, body, "The review is recorded.")
            },
            Page(.post, Self.one + "/publish", .extensionsReview) {
                try await act($0, "publishExtension", version: true, nil, "It is offered now.")
            },
            Page(.post, Self.one + "/suspend", .extensionsSuspend, budget: .emergency) {
                try await act($0, "suspendExtension", ["reason": Self.text($0, "reason")], "Every install is stopped.")
            },
            Page(.post, Self.one + "/reinstate", .extensionsSuspend) {
                try await act($0, "reinstateExtension", ["reason": Self.text($0, "reason")], "Installs may run again.")
            },
        ]
    }

    @Sendable private func queue(_ visit: Visit) async throws -> Response {
        let query = visit.query, state = query["state"] ?? Extension.Stage.submitted.rawValue
        let answer = try await desk.ask(
            "listAllExtensions", visit, query: ["search": query["search"], "page": query["page"], "state": state])
        var content = ExtensionList.view(answer, query, "/reviews", [("state", state)])
        content["states"] = Choice.options(Extension.Stage.self, state) { ExtensionList.label($0.rawValue) }
        return HTML.response(.ok, "reviews", Layout.view(visit, title: "Reviews", content))
    }

    private static func text(_ visit: Visit, _ name: String) -> JSON { visit.form[name].map(JSON.string) ?? .null }

    private func act(
        _ visit: Visit, _ operation: String, version: Bool = false, _ body: JSON?, _ done: String
    ) async throws -> Response {
        let id = visit.path("extension_id")
        let answer =
            version
            ? try await desk.ask(
                operation, visit, path: ["extension_id": id, "version": visit.form["version"] ?? ""], body: body)
            : try await desk.ask(operation, visit, path: ["extension_id": id], body: body)
        let isChanged = answer["meta"]?["changed"]?.bool == true
        let notice = Notice(
            text: isChanged ? done : "It was so already.",
            position: isChanged ? answer["meta"]?["position"]?.integer : nil)
        return HTML.redirect(notice.address("\(ExtensionPages.path)/\(id)", [], visit.secret))
    }

    // MARK: an author's

    private func submission(_ visit: Visit, wrong: FieldErrors? = nil) -> Response {
        var content: View = ["is_wrong": wrong != nil, "may_choose": visit.caller.account == nil]
        content["general"] = wrong?.general
        for name in ["manifest", "program", "account_id"] { content[name] = visit.form[name] }
        let status = wrong == nil ? 200 : 422
        return HTML.response(
            .init(code: status), "submission", Layout.view(visit, title: "Submit an extension", content))
    }

    @Sendable private func submit(_ visit: Visit) async throws -> Response {
        let manifest = visit.form["manifest"] ?? "", json = try? JSONParser.parse(manifest)
        let main = json?["main"]?.string ?? "main.js"
        let files: JSON = .object([
            JSON.Member(ExtensionBundle.manifestPath, .string(manifest)),
            JSON.Member(main, .string((visit.form["program"] ?? "").replacing("\r\n", with: "\n"))),
        ])
        do {
            let answer = try await desk.ask(
                "submitExtension", visit, query: ["account_id": visit.form["account_id"]],
                body: ["bundle": ["files": files]])
            let id = answer["data"]?["extension_id"]?.string ?? ""
            let notice = Notice(
                text: "It is submitted. A reviewer looks at it next.", position: answer["meta"]?["position"]?.integer)
            return HTML.redirect(notice.address("\(ExtensionPages.path)/\(id)", [], visit.secret))
        } catch {
            guard let errors = FieldErrors(error, names: []) else { throw error }
            return submission(visit, wrong: errors)
        }
    }
}
