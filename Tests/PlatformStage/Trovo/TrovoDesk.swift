import Domain
import Foundation
import NIOHTTP1
import Synchronization

/// The API's side of the fake.
extension FakeTrovo {
    package static func failure(_ http: Int, _ status: Int, _ message: String) -> StageServer.Answer {
        StageServer.Answer(
            http, headers: [("Content-Type", "application/json")],
            ["status": .integer(status), "error": .string("\(status)"), "message": .string(message)])
    }

    func answer(_ request: StageServer.Request) -> StageServer.Answer {
        guard request.headers.first(name: "Client-ID") == clientID else {
            return Self.failure(400, 11700, "invalid client id")
        }
        if request.path == "/openplatform/refreshtoken" { return refresh(request) }
        return world.withLock { world in
            guard request.headers.first(name: "Authorization") == "OAuth \(world.cast.token)" else {
                return Self.failure(401, 11714, "Invalid or expired access token.")
            }
            let parts = request.path.split(separator: "/").map(String.init).dropFirst()
            switch (request.method, Array(parts)) {
            case ("GET", let parts) where parts.prefix(2) == ["chat", "channel-token"] && parts.count == 3:
                let token = StageCast.newSecret()
                world.doors[token] = parts[2]
                return StageServer.Answer(200, ["token": .string(token)])
            case ("POST", ["chat", "send"]): return Self.send(request, &world)
            case ("POST", ["channels", "command"]): return Self.command(request, &world)
            case ("POST", ["channels", "id"]):
                guard let person = (request.body?["channel_id"]?.string).flatMap({ world.cast.person(id: $0) }) else {
                    return Self.failure(404, 1002, "channel not found")
                }
                return StageServer.Answer(200, ["username": .string(person.name), "is_live": true])
            case ("DELETE", let parts) where parts.count == 6 && parts[2] == "messages" && parts[4] == "users":
                return Self.delete(parts[3], by: parts[5], &world)
            default: return Self.failure(404, 1001, "no such path")
            }
        }
    }

    private static func send(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        guard let text = request.body?["content"]?.string, !text.isEmpty, text.unicodeScalars.count <= 300 else {
            return failure(400, 1002, "content is invalid")
        }
        if world.cast.deeds.last == .said(text) { return failure(400, 10908, "Repeated content.") }
        world.cast.deeds.append(.said(text))
        return StageServer.Answer(200, .emptyObject)
    }

    private static func delete(_ id: String, by user: String, _ world: inout World) -> StageServer.Answer {
        guard world.cast.messages[id] == user else { return failure(404, 1002, "message not found") }
        world.cast.messages[id] = nil
        world.cast.deeds.append(.deleted("\(id)/\(user)"))
        return StageServer.Answer(200, .emptyObject)
    }

    private static func command(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        func said(_ isDone: Bool, _ text: String = "") -> StageServer.Answer {
            StageServer.Answer(200, ["is_success": .bool(isDone), "display_msg": .string(text)])
        }
        let words = (request.body?["command"]?.string ?? "").split(separator: " ").map(String.init)
        guard words.count >= 2, words[0] == "ban", let person = world.cast.person(named: words[1]) else {
            return said(false, "User not found.")
        }
        if world.cast.isImmune(person.id) {
            return said(false, "You have no permission to ban this user.")
        }
        guard words.count == 3 else {
            guard world.cast.banned.insert(person.id).inserted else { return said(false, "User is already banned.") }
            world.cast.deeds.append(.banned(person.id))
            return said(true)
        }
        guard words[2].hasSuffix("s"), let seconds = Int(words[2].dropLast()), seconds >= 1 else {
            return said(false, "Wrong format.")
        }
        world.cast.deeds.append(.timedOut(person.id, seconds: seconds))
        return said(true)
    }

    /// A refresh token is good once.
    private func refresh(_ request: StageServer.Request) -> StageServer.Answer {
        world.withLock { world in
            guard let body = request.body, body["client_secret"]?.string == clientSecret,
                body["grant_type"]?.string == "refresh_token",
                body["refresh_token"]?.string == world.cast.refreshToken
            else { return Self.failure(400, 11717, "refresh token is invalid") }
            (world.cast.token, world.cast.refreshToken) = (StageCast.newSecret(), StageCast.newSecret())
            return StageServer.Answer(
                200,
                [
                    "access_token": .string(world.cast.token), "token_type": "OAuth", "expires_in": 14400,
                    "refresh_token": .string(world.cast.refreshToken),
                ])
        }
    }
}
