import Domain
import Synchronization
import Testing

@testable import Server

@Suite("Webhooks", .timeLimit(.minutes(1)))
struct WebhookTests {
    @Test(arguments: [
        (WebhookDesk.Result.taken, 200, "taken"), (.repeated, 200, "repeated"),
        (.ignored(reason: "no bot is there"), 200, "ignored"), (.refused(reason: "forged"), 403, "not_authentic"),
        (.unavailable(reason: "later"), 503, "unavailable"),
    ])
    func `are answered as whoever takes them says`(result: WebhookDesk.Result, status: Int, word: String) async throws {
        try await APIServer.run { server in
            let heard = Mutex<[(String?, [UInt8])]>([])
            server.plane.services.webhooks.set(.kick) { header, body in
                let id = header("kick-event-message-id")
                heard.withLock { $0.append((id, body)) }
                return result
            }
            let answer = try await server.send(
                "POST", "/v1/webhooks/kick", bytes: Array(#"{ "a" : 1 }"#.utf8), as: .nobody,
                headers: [("Kick-Event-Message-Id", "m-1")])
            #expect(answer.status == status)
            #expect((answer.json["data"]?["result"]?.string ?? answer.code) == word)
            #expect(heard.withLock { $0.map(\.0) } == ["m-1"])
            // The signature is over the bytes as they came.
            #expect(heard.withLock { $0.first?.1 } == Array(#"{ "a" : 1 }"#.utf8))
            #expect(server.head == 0)
        }
    }

    @Test func `are nobody's business where nobody takes them`() async throws {
        try await APIServer.run { server in
            let answer = try await server.send("POST", "/v1/webhooks/kick", [:], as: .nobody)
            #expect(answer.status == 404)
            #expect(answer.message.contains("--redis"))
        }
    }
}
