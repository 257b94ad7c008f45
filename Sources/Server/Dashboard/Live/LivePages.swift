import Domain
import Hummingbird

/// The stream of an open page, for its session.
struct LivePages: Sendable {
    let services: Services

    var pages: [Page] {
        [
            Page(.get, "/dashboard/events", handler: events),
            // For scripts: whether the session goes on.
            Page(.get, "/dashboard/session") { _ in Response(status: .noContent) },
        ]
    }

    @Sendable private func events(_ visit: Visit) async throws -> Response {
        let authorization = visit.secret.authorization, caller = visit.caller, cut = visit.closeConnection
        return EventStreamAnswer.response(
            open: { services.live.subscribe(authorization, caller, cut: cut) },
            close: { services.live.remove($0) },
            begin: { _, _ in true })
    }
}
