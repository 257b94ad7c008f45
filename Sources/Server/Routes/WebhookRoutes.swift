import Domain
import HTTPTypes
import Hummingbird

/// What platforms send by themselves: proven to be theirs by whoever takes it, and handed to the workers.
struct WebhookRoutes {
    static let kickPath = "/v1/webhooks/kick"

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: Self.kickPath, id: "receiveKickWebhook",
                summary: """
                    Take an event that Kick sends, signed with its key (Kick-Event-Signature). Chat messages and \
                    events go to the workers; one that comes again goes nowhere.
                    """,
                access: .anyone, body: ["type": "object"],
                answer: .raw(contentType: "application/json", schema: Schemas.ref("WebhookResult")),
                refusals: [
                    404: "Nobody takes Kick's webhooks here.",
                    403: "The signature is not Kick's, or the event is more than five minutes old or new.",
                    503: "It cannot be handed on now: send it again.",
                ], handler: kick)
        ]
    }

    @Sendable private func kick(_ call: Call) async throws -> Response {
        guard let receive = services.webhooks.receiver(of: .kick) else {
            throw APIError.notFound(
                "nobody takes Kick's webhooks here: start the server with --redis, or --with-worker and credentials"
            )
        }
        let headers = call.request.headers
        let result = await receive(
            { name in HTTPField.Name(name).flatMap { headers[$0] } }, Array(call.body.readableBytesView))
        switch result {
        case .taken: return Self.answer("taken")
        case .repeated: return Self.answer("repeated")
        case .ignored(let reason): return Self.answer("ignored", reason)
        case .refused(let reason): throw APIError(.forbidden, "not_authentic", reason)
        case .unavailable(let reason): throw APIError(.serviceUnavailable, "unavailable", reason)
        }
    }

    private static func answer(_ result: String, _ reason: String? = nil) -> Response {
        var writer = JSONWriter()
        writer.object { object in
            object.name("data")
            object.object { data in
                data.member("result", result)
                data.member("reason", orNull: reason)
            }
        }
        return Answers.response(.ok, writer)
    }
}
