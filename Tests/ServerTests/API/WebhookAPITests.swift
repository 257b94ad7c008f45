import Domain
import EventStore
import Runtime
import Server
import Synchronization
import TestTools
import Testing

/// A receiver that answers as a test tells it to, and remembers what it was told.
final class ScriptedReceiver: WebhookSending {
    struct Message: Sendable {
        let body: [UInt8], address: String, headers: [String: String]

        var position: Int { (try? JSONParser.parse(body))?.at("data", "position")?.integer ?? 0 }
    }

    private struct State {
        var messages: [Message] = []
        var answer: @Sendable (Message) -> DeliveryAnswer = { _ in .status(204) }
    }

    private let state = Mutex(State())

    var messages: [Message] { state.withLock { $0.messages } }

    func answer(_ answer: @escaping @Sendable (Message) -> DeliveryAnswer) { state.withLock { $0.answer = answer } }

    func send(
        _ body: [UInt8], to address: String, headers: [(name: String, value: String)]
    ) async -> DeliveryAnswer {
        let fields = Dictionary(headers.map { ($0.name, $0.value) }) { $1 }
        let message = Message(body: body, address: address, headers: fields)
        return state.withLock { state in
            state.messages.append(message)
            return state.answer(message)
        }
    }

    /// Until so many messages have come.
    func wait(for count: Int, sourceLocation: SourceLocation = #_sourceLocation) async {
        await until(sourceLocation: sourceLocation) { messages.count >= count }
    }
}

@Suite("Webhooks over HTTP", .timeLimit(.minutes(2)))
struct WebhookAPITests {
    static let path = "/v1/admin/webhooks"

    /// A server whose webhooks are told of events for as long as the body runs.
    private func run(
        clock: WallClock = .system,
        _ body: @Sendable @escaping (APIServer, ScriptedReceiver) async throws -> Void
    ) async throws {
        try await APIServer.run(in: nil, { $0.clock = clock }) { server in
            let receiver = ScriptedReceiver()
            let follower = WebhookFollower(server.plane.services, sender: receiver)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await follower.run() }
                try await body(server, receiver)
                group.cancelAll()
            }
        }
    }

    private func create(_ server: APIServer, _ more: JSON = [:]) async throws -> JSON {
        let answer = try await server.post(
            Self.path, .object([.init("url", "https://example.com/hook")] + (more.members ?? [])))
        #expect(answer.status == 200, "\(answer.text)")
        return answer.data
    }

    private func path(_ webhook: JSON) -> String { "\(Self.path)/\(webhook["id"]?.string ?? "?")" }

    /// What is shown of a webhook, as soon as it is so: what became of a message is recorded after it has come.
    private func shown(
        _ webhook: JSON, by server: APIServer, sourceLocation: SourceLocation = #_sourceLocation,
        _ isSo: (JSON) -> Bool
    ) async throws -> JSON {
        // A token of before may be over when the clock was moved.
        let admin = server.token([], isSystemAdmin: true)
        await until(sourceLocation: sourceLocation) { isSo(try await server.get(path(webhook), as: admin).data) }
        return try await server.get(path(webhook), as: admin).data
    }

    @Test func `are told of events in their order, signed`() async throws {
        try await run { server, receiver in
            try await server.populate()
            let webhook = try await create(server, ["after": 0, "name": "all"])
            await receiver.wait(for: 2)
            try await server.register("acct_2")
            await receiver.wait(for: 3)
            #expect(receiver.messages.map(\.position) == [1, 2, 3])
            let secret = try #require(webhook["secret"]?.string)
            for message in receiver.messages {
                #expect(message.address == "https://example.com/hook")
                let json = try JSONParser.parse(message.body)
                let event = try await server.get("/v1/audit/events/\(message.position)").data
                #expect(json["type"] == event["type"] && json["timestamp"] == event["recorded_at"])
                #expect(message.headers["webhook-id"] == event["id"]?.string)
                #expect(WebhookSignatureTests.holds(message.body, message.headers, secret))
            }
            let shown = try await server.get(path(webhook))
            #expect(shown.data["position"] == 3 && shown.data["state"] == "active")
            #expect(shown.data["secret"] == nil && !shown.text.contains(secret))
            #expect(try await server.get(Self.path).rows == [shown.data])
        }
    }

    @Test func `are told of what they want, from now on, and of nothing once they are gone`() async throws {
        try await run { server, receiver in
            try await server.populate()
            _ = try await create(server, ["types": ["bot.paused"]])
            let gone = try await create(server, ["account_id": "acct_2"])
            _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true])
            await receiver.wait(for: 1)
            #expect(try await server.delete(path(gone)).status == 200)
            #expect(try await server.get(path(gone)).status == 404)
            try await server.register("acct_2")
            _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": false])
            _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true])
            await receiver.wait(for: 2)
            #expect(receiver.messages.map(\.position) == [3, 6])
        }
    }

    @Test func `try again after a while, and go on where they were`() async throws {
        let moved = MovedClock()
        try await run(clock: moved.clock) { server, receiver in
            receiver.answer { _ in .status(503, retryAfterSeconds: 20) }
            let webhook = try await create(server)
            try await server.register("acct_1")
            try await server.register("acct_2")
            let failing = try await shown(webhook, by: server) { $0["attempts"] == 1 }
            #expect(receiver.messages.count == 1 && failing["position"] == 0)
            #expect(failing["problem"] == "it answers 503" && failing["failing_since"] != JSON.null)
            receiver.answer { _ in .status(200) }
            moved.advance(seconds: 25)
            await receiver.wait(for: 3)
            #expect(receiver.messages.map(\.position) == [1, 1, 2])
            #expect(receiver.messages[0].headers["webhook-id"] == receiver.messages[1].headers["webhook-id"])
            let well = try await shown(webhook, by: server) { $0["position"] == 2 }
            #expect(well["attempts"] == 0 && well["problem"] == JSON.null)
        }
    }

    @Test func `park what is refused, go on, and replay it`() async throws {
        let moved = MovedClock()
        try await run(clock: moved.clock) { server, receiver in
            receiver.answer { $0.position == 1 ? .status(422) : .status(200) }
            let webhook = try await create(server)
            try await server.register("acct_1")
            try await server.register("acct_2")
            for count in 1..<DeliverySchedule.refusalsMax {
                _ = try await shown(webhook, by: server) { $0["attempts"]?.integer == count }
                moved.advance(seconds: 100)
            }
            await receiver.wait(for: DeliverySchedule.refusalsMax + 1)
            #expect(receiver.messages.last?.position == 2)
            let parked = try await server.get(path(webhook) + "/parked").rows
            #expect(parked.map { $0["position"] } == [1] && parked[0]["problem"] == "it answers 422")
            #expect(try await server.get(path(webhook)).data["parked_count"] == 1)
            receiver.answer { _ in .status(200) }
            let count = receiver.messages.count
            #expect(try await server.post(path(webhook) + "/replay", ["positions": [1]]).status == 200)
            await receiver.wait(for: count + 1)
            #expect(receiver.messages.last?.position == 1)
            await until { try await server.get(path(webhook) + "/parked").rows == [] }
        }
    }

    @Test func `are parked when they are gone or fail for long, and shown so`() async throws {
        let moved = MovedClock()
        try await run(clock: moved.clock) { server, receiver in
            receiver.answer { _ in .status(410) }
            let webhook = try await create(server)
            try await server.register("acct_1")
            _ = try await shown(webhook, by: server) { $0["state"] == "parked" }
            #expect(try await server.get("/metrics").text.contains(#"botcontrol_webhooks{state="parked"} 1"#))
            receiver.answer { _ in .unreachable("nobody there") }
            #expect(try await server.post(path(webhook) + "/replay", [:]).data["state"] == "active")
            _ = try await shown(webhook, by: server) { $0["attempts"] == 1 }
            moved.advance(seconds: DeliverySchedule.failingSecondsMax + 10)
            let parked = try await shown(webhook, by: server) { $0["state"] == "parked" }
            #expect(parked["problem"] == "nobody there", "\(parked.text)")
            receiver.answer { _ in .status(200) }
            let admin = server.token([], isSystemAdmin: true)
            let enabled = try await server.patch(path(webhook), ["enabled": true], as: admin)
            #expect(enabled.data["state"] == "active")
            await receiver.wait(for: 4)
        }
    }

    @Test func `are told nothing while they are disabled, and sign with two secrets after a rotation`() async throws {
        try await run { server, receiver in
            let webhook = try await create(server)
            #expect(try await server.patch(path(webhook), ["enabled": false]).data["state"] == "disabled")
            try await server.register("acct_1")
            try await Task.sleep(for: .milliseconds(600))
            #expect(receiver.messages.isEmpty)
            #expect(try await server.post(path(webhook) + "/replay", [:]).code == "webhook_disabled")
            let fresh = try await server.send("POST", path(webhook) + "/rotate-secret").data["secret"]?.string ?? ""
            _ = try await server.patch(path(webhook), ["enabled": true])
            await receiver.wait(for: 1)
            let message = try #require(receiver.messages.first)
            for secret in [webhook["secret"]?.string ?? "", fresh] {
                #expect(WebhookSignatureTests.holds(message.body, message.headers, secret))
            }
        }
    }

    @Test func `are made by whoever may read what they are told, each account for itself`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let body: JSON = ["url": "https://example.com/"]
            let blind = try await server.post(Self.path, body, as: server.token(.webhooksEdit))
            #expect(blind.status == 403 && blind.message.contains("audit:read"))
            let own = server.token(.webhooksEdit, .webhooksRead, .auditRead, account: "acct_1")
            let made = try await server.post(Self.path, body, as: own)
            #expect(made.data["account_id"] == "acct_1")
            let foreign: JSON = ["url": "https://example.com/", "account_id": "acct_2"]
            #expect(try await server.post(Self.path, foreign, as: own).status == 404)
            let all = try await create(server)
            #expect(try await server.get(Self.path, as: own).rows.count == 1)
            #expect(try await server.get(path(all), as: own).status == 404)
            #expect(try await server.delete(path(all), as: own).status == 404)
            for url in [
                "http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://user:pw@example.com/",
                "ftp://example.com", "example.com", "https://2130706433/", "https:///x",
            ] {
                let answer = try await server.post(Self.path, ["url": .string(url)])
                #expect(answer.failures == ["url not_allowed"], "\(url): \(answer.text)")
            }
            let wrong = try await server.post(Self.path, ["url": "x", "types": ["bot.pausd", 1], "afer": 1])
            #expect(wrong.failures.count == 4, "\(wrong.failures)")
        }
    }
}
