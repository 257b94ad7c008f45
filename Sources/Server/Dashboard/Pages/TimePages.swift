import Domain
import EventStore
import Hummingbird

/// The board as it was at a moment, what two moments do not share, and what proves an event. Forms, without scripts.
struct TimePages: Sendable {
    static let board = "/audit/board", diff = "/audit/diff"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.board, .auditRead, .botControlRead, handler: board),
            Page(.get, Self.diff, .auditRead, handler: diff),
            Page(.get, AuditPages.path + "/{position}/proof", .auditRead, handler: proof),
        ]
    }

    // MARK: the board at a moment

    @Sendable private func board(_ visit: Visit) async throws -> Response {
        let head = services.journal.head
        let place = try place(visit.query, head: head)
        let filter = StatusFilterFields(visit.query)
        let answer = try await desk.ask(
            "listBotStatuses", visit,
            query: [
                "platform": filter.platform, "search": filter.search, "status": filter.status,
                "page": String(filter.page), "as_of": String(place),
            ])
        let rows = (answer["data"]?.array ?? []).map { StatusRowView.view($0, mayEdit: false) }
        let total = answer["meta"]?["total"]?.integer ?? 0, perPage = answer["meta"]?["per_page"]?.integer ?? 25
        var content: View = [
            "filter": filter.view, "rows": rows, "has_rows": !rows.isEmpty, "head": head, "position": place,
            "total": total, "is_now": place == head,
        ]
        func link(_ position: Int, page: Int = 1) -> String {
            Self.board
                + PercentEncoding.query([
                    (key: "position", value: String(position)), (key: "platform", value: filter.platform),
                    (key: "search", value: filter.search), (key: "status", value: filter.status),
                    (key: "page", value: page > 1 ? String(page) : nil),
                ])
        }
        if place > 0 { content["before"] = link(place - 1) }
        if place < head { content["after"] = link(place + 1) }
        if filter.page * perPage < total { content["next"] = link(place, page: filter.page + 1) }
        if filter.page > 1 { content["previous"] = link(place, page: filter.page - 1) }
        content["difference"] = Self.diff + PercentEncoding.query([(key: "from", value: String(place))])
        content["event"] = try event(at: place, visit)
        return HTML.response(.ok, "board", Layout.view(visit, title: "The board at position \(place)", content))
    }

    /// A moment goes before the slider's position.
    private func place(_ query: Form, head: Int) throws -> Int {
        if let text = AuditPages.moment(query["at"]) {
            guard let moment = Moment(text) else {
                throw ValidationFailed(path: "at", code: "wrong_type", message: Moment.rule)
            }
            return try AsOf.position(moment, services.past.history, now: services.clock.now, name: "at")
        }
        return min(head, max(0, query["position"].flatMap { Int($0) } ?? head))
    }

    /// What happened there, when the visitor may know.
    private func event(at position: Int, _ visit: Visit) throws -> View? {
        guard let event = try services.journal.event(at: position),
            visit.caller.ownAccount == nil || event.stream.account == visit.caller.ownAccount?.rawValue
        else { return nil }
        var writer = JSONWriter()
        event.encode(into: &writer)
        return EventView.row(try JSONParser.parse(writer.bytes))
    }

    // MARK: two moments

    @Sendable private func diff(_ visit: Visit) async throws -> Response {
        let query = visit.query, head = services.journal.head
        let from = AuditPages.moment(query["from"]) ?? String(max(0, head - 1))
        let to = AuditPages.moment(query["to"]), page = query["page"].flatMap { Int($0) } ?? 1
        let answer = try await desk.ask(
            "getDiff", visit,
            query: [
                "from": from, "to": to, "account_id": query["account_id"], "stream": query["stream"],
                "page": String(page),
            ])
        let documents = (answer["data"]?.array ?? []).map(Self.document)
        let meta = answer["meta"], total = meta?["total"]?.integer ?? 0
        var content: View = [
            "documents": documents, "has_documents": !documents.isEmpty, "from": from, "to": to ?? "",
            "first": meta?["from"]?.integer ?? 0, "last": meta?["to"]?.integer ?? 0, "total": total,
            "events": meta?["events"]?.integer ?? 0, "own_account": visit.caller.ownAccount != nil,
        ]
        content["account_id"] = query["account_id"]
        content["stream"] = query["stream"]
        if page * 25 < total {
            content["next"] =
                Self.diff
                + PercentEncoding.query([
                    (key: "from", value: from), (key: "to", value: to),
                    (key: "account_id", value: query["account_id"]), (key: "stream", value: query["stream"]),
                    (key: "page", value: String(page + 1)),
                ])
        }
        return HTML.response(.ok, "diff", Layout.view(visit, title: "Two moments", content))
    }

    private static func document(_ document: JSON) -> View {
        let change = document["change"]?.string.flatMap(AuditDiffRoutes.Change.init) ?? .same
        let words: [AuditDiffRoutes.Change: String] = [
            .added: "is new", .removed: "is gone", .changed: "is another one", .same: "ended as it began",
        ]
        var view: View = ["stream": document["stream"]?.string ?? "", "change": words[change] ?? ""]
        view["fields"] = (document["fields"]?.array ?? []).compactMap { field -> View? in
            let path = field["path"]?.string ?? ""
            guard change == .changed, path != "revision", path != "updated_at" else { return nil }
            return ["path": path, "before": (field["before"] ?? .null).words, "after": (field["after"] ?? .null).words]
        }
        view["has_fields"] = change == .changed
        view["events"] = (document["events"]?.array ?? []).map { event -> View in
            var view: View = [
                "position": event["position"]?.integer ?? 0, "actor": event["actor_name"]?.string ?? "",
                "sentence": event["sentence"]?.string ?? "",
                "when": StatusRowView.time(event["recorded_at"]?.string ?? ""),
            ]
            view["reason"] = event["reason"]?.string
            return view
        }
        return view
    }

    // MARK: the proof of an event

    @Sendable private func proof(_ visit: Visit) async throws -> Response {
        let answer = try await desk.ask("getEventProof", visit, path: ["position": visit.path("position")])
        let proof = answer["data"] ?? .null, position = proof["position"]?.integer ?? 0
        let content: View = [
            "position": position, "size": proof["size"]?.integer ?? 0, "leaf_hash": proof["leaf_hash"]?.string ?? "",
            "root": proof["root"]?.string ?? "", "entry": proof["entry"]?.string ?? "",
            "checkpoint": proof["checkpoint"]?.string ?? "",
            "path": (proof["path"]?.array ?? []).map { ["hash": $0.string ?? ""] as View },
            "download": "/v1/audit/events/\(position)/proof",
        ]
        return HTML.response(.ok, "proof", Layout.view(visit, title: "Proof of event \(position)", content))
    }
}
