import Domain
import Hummingbird

/// The moderation log: what bots did in chat, the newest first, and what they do now.
struct ModerationPages: Sendable {
    static let path = "/moderation-log"
    private static let names = ["platform", "account_id", "user", "module", "action", "outcome"]

    let desk: Desk

    var pages: [Page] { [Page(.get, Self.path, .botControlRead, handler: list)] }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let query = visit.query
        let answer = try await desk.ask(
            "listModeration", visit,
            query: [
                "platform": query["platform"], "account_id": query["account_id"], "user": query["user"],
                "module": query["module"], "action": query["action"], "outcome": query["outcome"],
                "cursor": query["cursor"],
            ])
        let filter = Self.names.map { (key: $0, value: query[$0]) }
        let rows = (answer["data"]?.array ?? []).map(Self.row)
        var content: View = [
            "rows": rows, "has_rows": !rows.isEmpty, "is_filtered": filter.contains { $0.value != nil },
            "query": PercentEncoding.query(filter), "is_tail": query["cursor"] == nil,
            "own_account": visit.caller.ownAccount != nil,
            "platforms": Choice.options(Platform.self, query["platform"]) { Words.platform($0) },
            "actions": Choice.options(ChatAction.Name.self, query["action"]) { $0.rawValue },
        ]
        for name in ["account_id", "user", "module"] { content[name] = query[name] }
        content["next"] = answer["meta"]?["next"]?.string.map {
            Self.path + PercentEncoding.query(filter + [(key: "cursor", value: $0)])
        }
        return HTML.response(
            .ok, "moderation-log", Layout.view(visit, title: "Moderation log", script: "moderation-log", content))
    }

    private static func row(_ line: JSON) -> View {
        var view = line.view
        view["when"] = line["at"]?.string.map(StatusRowView.time)
        view["author"] = line["user"]?["name"]?.string ?? line["user"]?["login"]?.string ?? line["user"]?["id"]?.string
        view["platform_label"] = line["platform"]?.string.flatMap(Platform.init).map(Words.platform)
        view["failed"] = line["outcome"]?.string != "done"
        return view
    }
}

/// The options of a choice in a form.
enum Choice {
    static func options<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type, _ chosen: String?, _ label: (Value) -> String
    ) -> [View] {
        type.allCases.map { ["value": $0.rawValue, "label": label($0), "chosen": $0.rawValue == chosen] }
    }
}
