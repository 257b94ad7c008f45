import Domain
import EventStore
import Hummingbird

/// Audit: the journal as a timeline, and each event with what it changed.
struct AuditPages: Sendable {
    static let path = "/audit"
    private static let names = ["category", "type", "account_id", "actor", "stream", "from", "to", "text"]

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .auditRead, handler: list),
            Page(.get, Self.path + "/{position}", .auditRead, handler: one),
        ]
    }

    // MARK: the timeline

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let query = visit.query
        let answer = try await desk.ask(
            "listEvents", visit,
            query: [
                "category": query["category"], "type": query["type"], "account_id": query["account_id"],
                "actor": query["actor"], "stream": query["stream"], "from": Self.moment(query["from"]),
                "to": Self.moment(query["to"]), "text": query["text"], "cursor": query["cursor"], "limit": "50",
            ])
        let filter = Self.names.map { (key: $0, value: query[$0]) }
        let events = (answer["data"]?.array ?? []).map(EventView.row)
        var content: View = [
            "events": events, "has_events": !events.isEmpty, "is_filtered": filter.contains { $0.value != nil },
            "categories": Choice.options(Category.self, query["category"]) { EventView.category($0) },
            "types": EventView.types.map { ["value": $0, "label": $0, "chosen": $0 == query["type"]] as View },
            "own_account": visit.caller.ownAccount != nil, "may_see_board": visit.holds(.botControlRead),
        ]
        content["newest"] = query["cursor"].map { _ in Self.path + PercentEncoding.query(filter) }
        for name in Self.names where name != "category" && name != "type" { content[name] = query[name] }
        content["next"] = answer["meta"]?["next"]?.string.map {
            Self.path + PercentEncoding.query(filter + [(key: "cursor", value: $0)])
        }
        return HTML.response(.ok, "audit", Layout.view(visit, title: "Audit", content))
    }

    /// What a browser's field for a moment holds is without seconds and zone: taken as UTC.
    static func moment(_ text: String?) -> String? {
        guard let text, text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?/) != nil else { return text }
        return text.count == 16 ? text + ":00Z" : text + "Z"
    }

    // MARK: one event

    @Sendable private func one(_ visit: Visit) async throws -> Response {
        let answer = try await desk.ask("getEvent", visit, path: ["position": visit.path("position")])
        let event = answer["data"] ?? .null
        var content = EventView.row(event)
        let changes = try EventChanges.of(event, services.journal)
        content["changes"] = changes ?? []
        content["is_told"] = changes != nil
        content["receipts"] = (event["receipts"]?.array ?? []).map { receipt -> View in
            ["worker": receipt["worker"]?.string ?? "", "at": StatusRowView.time(receipt["at"]?.string ?? "")]
        }
        content["raw"] = event.indented
        content["proof"] = "\(Self.path)/\(visit.path("position"))/proof"
        content["others"] =
            Self.path
            + PercentEncoding.query([(key: "text", value: event["metadata"]?["correlation_id"]?.string)])
        content["history"] = Self.path + PercentEncoding.query([(key: "stream", value: event["stream"]?.string)])
        let position = event["position"]?.integer ?? 0
        if visit.holds(.botControlRead) { content["board"] = "\(TimePages.board)?position=\(position)" }
        if position > 1 { content["before"] = "\(Self.path)/\(position - 1)" }
        if position < services.journal.head { content["after"] = "\(Self.path)/\(position + 1)" }
        return HTML.response(.ok, "event", Layout.view(visit, title: "Event \(position)", content))
    }
}
