import Domain
import Hummingbird

/// Workers: whether all hold the same, how far each has come, and who is missed.
struct WorkerPages: Sendable {
    static let path = "/workers"

    let services: Services
    let desk: Desk

    var pages: [Page] {
        [
            Page(.get, Self.path, .adminAccess, .botControlRead, handler: list),
            Page(.post, Self.path + "/forget", .adminAccess, .botControlEdit, handler: forget),
        ]
    }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        let answer = try await desk.ask("listWorkers", visit)
        let workers = answer["data"]?.array ?? [], head = answer["meta"]?["head"]?.integer ?? 0
        let mayEdit = visit.holds(.botControlEdit)
        let there = workers.count { $0["lag_positions"]?.integer == 0 }
        let content: View = [
            "head": head, "workers": workers.map { Self.row($0, mayEdit: mayEdit) }, "has_workers": !workers.isEmpty,
            "there": there, "count": workers.count, "converged": answer["meta"]?["converged"]?.bool ?? false,
            "workers_word": workers.count == 1 ? "worker" : "workers",
        ]
        return HTML.response(.ok, "workers", Layout.view(visit, title: "Workers", content))
    }

    private static func row(_ worker: JSON, mayEdit: Bool) -> View {
        var view = worker.view
        let state = worker["state"]?.string ?? "lost"
        view["state_label"] = ["live": "Live", "stale": "Stale", "lost": "Lost"][state]
        view["heard"] = worker["last_seen_at"]?.string.map(StatusRowView.time)
        view["is_behind"] = worker["lag_positions"]?.integer != 0
        view["lag_seconds"] = Self.rounded(worker["lag_seconds"])
        view["differs"] = worker["digest_equal"]?.bool == false
        view["equal"] = worker["digest_equal"]?.bool == true
        view["refused"] = (worker["nacks"]?.array ?? []).map { nack -> View in
            var view = nack.view
            view["id"] = nack["id"]?.string.map { $0.prefix { $0 != "-" }.description }
            return view
        }
        view["may_forget"] = mayEdit && state == "lost"
        return view
    }

    private static func rounded(_ json: JSON?) -> String {
        guard case .number(let literal)? = json, let seconds = Double(literal) else { return "0" }
        return String(Int(seconds.rounded()))
    }

    @Sendable private func forget(_ visit: Visit) async throws -> Response {
        let name = visit.form["worker"] ?? ""
        _ = try await desk.ask("forgetWorker", visit, path: ["name": name])
        return HTML.redirect(
            Notice(text: "\(name) is not missed any more.").address(Self.path, [], visit.secret))
    }
}
