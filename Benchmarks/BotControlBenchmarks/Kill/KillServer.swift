import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

/// The running server that takes the kills, and what is to stand there before: an extension that wants every line
/// deleted, and as many accounts with it as there are rounds.
struct KillServer: Sendable {
    let address: String
    static let authorAccount = "bench_author"
    /// Tokens of an administrator, and of the extension's author, who is `authorAccount`.
    let admin: String, author: String
    /// A run of its own: other runs have used the same server.
    let run = Int.random(in: 0..<1_000_000)

    struct Refused: Error, CustomStringConvertible {
        let path: String, status: Int, body: String
        var description: String { "\(path) was answered with \(status): \(body)" }
    }

    func account(_ round: Int) -> String { "bench_\(run)_\(round)" }

    /// - Returns: what the server calls the extension.
    func publish() async throws -> String {
        // It may be there since another run.
        try? await register(Self.authorAccount)
        let id = "00000000-0000-4000-8000-" + String("000000000000\(run)".suffix(12))
        let manifest: JSON = [
            "extensionId": .string(id), "name": "Bench", "description": "Deletes everything.",
            "category": "bot_module", "version": "1.0.0", "main": "main.js", "permissions": ["chat:delete"],
            "visibility": "public", "triggers": [["id": "moderate", "type": "moderate"]],
        ]
        let program = """
            import { defineBotModule, moderate, actions } from "@lumio/bot";
            export default defineBotModule({ triggers: [moderate(() => actions.delete())] });
            """
        let bundle: JSON = [
            "files": ["lumio.config.json": .string(manifest.text), "main.js": .string(program)]
        ]
        try await send(.POST, "/v1/extensions", ["bundle": bundle], author)
        let version = "/v1/admin/extensions/\(id)/versions/1.0.0"
        try await send(.POST, version + "/reviews", ["decision": "approved"])
        try await send(.POST, version + "/publish", .emptyObject)
        return id
    }

    private func register(_ account: String) async throws {
        try await send(
            .POST, "/v1/admin/accounts", ["account_id": .string(account), "name": "Bench", "plan": "pro"])
    }

    /// An account with a bot and the extension.
    ///
    /// - Returns: the install's id.
    func prepare(_ round: Int, _ extensionID: String) async throws -> String {
        let account = account(round)
        try await register(account)
        try await send(
            .PUT, "/v1/admin/accounts/\(account)/bots/twitch",
            ["channel_id": .string("\(round)"), "channel_name": "bench", "bot_user_id": "1"])
        let answer = try await send(
            .POST, "/v1/bot-modules/extensions?account_id=\(account)&wait=converged&timeout_ms=10000",
            ["extension_id": .string(extensionID), "permissions": ["chat:delete"]])
        return answer["data"]?["install_id"]?.string ?? ""
    }

    /// - Returns: when it was recorded.
    func kill(_ install: String) async throws -> Timestamp {
        let answer = try await send(.POST, "/v1/bot-modules/kill", ["install_id": .string(install)])
        let position = answer["meta"]?["position"]?.integer ?? 0
        let event = try await send(.GET, "/v1/audit/events/\(position)", nil)["data"]
        guard event?["type"] == "extension_install.killed", let text = event?["recorded_at"]?.string,
            let at = Timestamp(text)
        else { throw Refused(path: "the kill", status: 200, body: answer.text) }
        return at
    }

    @discardableResult
    private func send(
        _ method: HTTPMethod, _ path: String, _ body: JSON?, _ token: String? = nil
    ) async throws -> JSON {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers = ["Authorization": "Bearer \(token ?? admin)", "Content-Type": "application/json"]
        if let body { request.body = .bytes(ByteBuffer(string: body.text)) }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        guard (200..<300).contains(answer.status.code) else {
            throw Refused(path: path, status: Int(answer.status.code), body: text)
        }
        return try JSONParser.parse(text)
    }
}
