import Domain
import EventStore
import HTTPTypes
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
            Page(.get, Self.path + "/export", .auditRead, handler: export),
            Page(.get, Self.path + "/{position}", .auditRead, handler: one),
            Page(.post, Self.path + "/{position}/revert", .auditRead, handler: revert),
        ]
    }

    // MARK: the timeline

    private static func wanted(_ query: Form, limit: String?) -> KeyValuePairs<String, String?> {
        [
            "category": query["category"], "type": query["type"], "account_id": query["account_id"],
            "actor": query["actor"], "stream": query["stream"], "from": moment(query["from"]),
            "to": moment(query["to"]), "text": query["text"], "cursor": query["cursor"], "limit": limit,
        ]
    }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let query = visit.query
        let answer = try await desk.ask("listEvents", visit, query: Self.wanted(query, limit: "50"))
        let filter = Self.names.map { (key: $0, value: query[$0]) }
        let events = (answer["data"]?.array ?? []).map(EventView.row)
        var content: View = [
            "events": events, "has_events": !events.isEmpty, "is_filtered": filter.contains { $0.value != nil },
            "categories": Choice.options(Category.self, query["category"]) { EventView.category($0) },
            "types": EventView.types.map { ["value": $0, "label": $0, "chosen": $0 == query["type"]] as View },
            "own_account": visit.caller.ownAccount != nil, "may_see_board": visit.holds(.botControlRead),
        ]
        for format in ExportFormat.allCases {
            content[format.rawValue] =
                "\(Self.path)/export" + PercentEncoding.query(filter + [(key: "format", value: format.rawValue)])
        }
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
        content["reversal"] = try await reversal(visit)
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

extension AuditPages {
    // MARK: for other programs

    /// The whole filter, as a file that the browser keeps.
    @Sendable private func export(_ visit: Visit) async throws -> Response {
        let format = visit.query["format"].flatMap(ExportFormat.init) ?? .csv
        var answer = try await desk.answer(
            "listEvents", visit, query: Self.wanted(visit.query, limit: nil), mediaType: format.mediaType)
        answer.headers[.contentDisposition] = "attachment; filename=\"events.\(format.rawValue)\""
        return answer
    }

    // MARK: undo

    /// What reverting the event would do; why it cannot be reverted when there is no such thing.
    private func reversal(_ visit: Visit) async throws -> View {
        let plan: JSON
        do {
            let answer = try await desk.ask("previewReversal", visit, path: ["position": visit.path("position")])
            plan = answer["data"] ?? .null
        } catch {
            let refusal = APIError(error)
            guard refusal.code == "no_inverse" else { throw error }
            return ["why": refusal.message]
        }
        let standing = plan["standing"]?.string ?? "", isPermitted = plan["permitted"]?.bool == true
        var view: View = [
            "is_open": isPermitted && standing != "reverted", "is_reverted": standing == "reverted",
            "is_changed": standing == "changed_since", "revision": plan["revision"]?.integer ?? 0,
            "is_provider": plan["type"] == "provider.switched",
            "others": (plan["changed_at"]?.array ?? []).compactMap(\.integer).map {
                ["position": $0, "address": "\(Self.path)/\($0)"] as View
            },
        ]
        view["is_forbidden"] = !isPermitted && standing != "reverted"
        return view
    }

    @Sendable private func revert(_ visit: Visit) async throws -> Response {
        let position = visit.path("position")
        var body: [JSON.Member] = []
        for name in ["reason", "confirm"] {
            if let text = visit.form[name], !text.isEmpty { body.append(JSON.Member(name, .string(text))) }
        }
        let answer = try await desk.ask(
            "revertEvent", visit, path: ["position": position], body: .object(body),
            revision: visit.form["revision"].flatMap { Int($0) })
        let text: String, done: Int?
        if let error = answer["error"] {
            (text, done) = ("Nothing was changed: \(error["message"]?.string ?? "it was refused").", nil)
        } else if answer["meta"]?["changed"]?.bool == true {
            (text, done) = ("Event \(position) is reverted.", answer["meta"]?["position"]?.integer)
        } else {
            (text, done) = ("Event \(position) was reverted already.", nil)
        }
        return HTML.redirect(Notice(text: text, position: done).address("\(Self.path)/\(position)", [], visit.secret))
    }
}
