import Domain
import Hummingbird

/// Pausing or resuming all bots of a filter, in three steps: what is wanted, which bots that is, and what became of it.
struct BulkPages: Sendable {
    private static let path = BotControlPages.path + "/bulk"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .adminAccess, .botControlEdit) { visit in
                try page(visit, "bulk", StatusFilterFields(visit.query))
            },
            Page(.post, Self.path + "/preview", .adminAccess, .botControlEdit, budget: .emergency, handler: preview),
            Page(.post, Self.path + "/execute", .adminAccess, .botControlEdit, budget: .emergency, handler: execute),
        ]
    }

    private func page(
        _ visit: Visit, _ template: String, _ filter: StatusFilterFields, _ content: View = [:]
    ) throws -> Response {
        var view = content
        view["filter"] = filter.view
        view["filter_words"] = filter.description
        view["durations"] = PauseDuration.options
        return HTML.response(.ok, template, Layout.view(visit, title: "Many bots at once", view))
    }

    @Sendable private func preview(_ visit: Visit) async throws -> Response {
        let wish = try Wish(visit.form, now: services.clock.now)
        let answer = try await desk.ask("switchBots", visit, body: wish.body(["preview": true]))
        let count = answer["data"]?["count"]?.integer ?? 0
        var content = wish.view
        content["count"] = count
        content["bots"] = Words.count(count, "bot")
        content["already"] = answer["data"]?["already"]?.integer ?? 0
        content["has_bots"] = count > 0
        content["hash"] = answer["data"]?["hash"]?.string
        content["sample"] = (answer["data"]?["sample"]?.array ?? []).map { StatusRowView.view($0, mayEdit: false) }
        content["more"] = count > BulkRoutes.sampleCount ? count - BulkRoutes.sampleCount : nil
        content["key"] = SessionSecret.random().text
        return try page(visit, "bulk-preview", wish.filter, content)
    }

    /// The page can be loaded again: its key says that it is the same command.
    @Sendable private func execute(_ visit: Visit) async throws -> Response {
        let wish = try Wish(visit.form, now: services.clock.now)
        let answer = try await desk.ask(
            "switchBots", visit, body: wish.body(["hash": .string(visit.form["hash"] ?? "")]),
            key: visit.form["key"].map { "bulk-\($0)" })
        let rows = answer["data"]?["rows"]?.array ?? []
        var content = wish.view
        content["position"] = answer["meta"]?["position"]?.integer
        content["changed"] = rows.count { $0["changed"]?.bool == true }
        content["count"] = rows.count
        content["failed"] = answer["data"]?["failed"]?.integer.flatMap { $0 == 0 ? nil : $0 }
        content["rows"] = rows.map { row -> View in
            var view = row.view
            view["platform_label"] = row["platform"]?.string.flatMap(Platform.init).map(Words.platform)
            return view
        }
        return try page(visit, "bulk-result", wish.filter, content)
    }

    /// What a form of these pages says.
    private struct Wish {
        let filter: StatusFilterFields, paused: Bool, reason: String?, until: String?

        init(_ form: Form, now: Timestamp) throws {
            filter = StatusFilterFields(form)
            switch form["to"] {
            case "pause": paused = true
            case "resume": paused = false
            default: throw ValidationFailed(path: "to", code: "required", message: "is required: pause or resume?")
            }
            reason = form["reason"]
            // From the preview on the end stands fast.
            let end = try paused ? PauseDuration.end(form["duration"], from: now)?.description : nil
            until = paused ? form["until"] ?? end : nil
        }

        func body(_ more: JSON) -> JSON {
            .object(
                [
                    JSON.Member("filter", filter.json), JSON.Member("paused", .bool(paused)),
                    JSON.Member("reason", reason.map(JSON.string) ?? .null),
                    JSON.Member("until", until.map(JSON.string) ?? .null),
                ] + (more.members ?? []))
        }

        var view: View {
            var view: View = [
                "to": paused ? "pause" : "resume", "verb": paused ? "Pause" : "Resume",
                "done": paused ? "Paused" : "Resumed", "paused": paused,
            ]
            view["reason"] = reason
            view["until"] = until.map(StatusRowView.time)
            return view
        }
    }
}
