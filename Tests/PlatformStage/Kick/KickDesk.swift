import Domain
import Foundation
import NIOHTTP1
import Synchronization

/// The API's side of the fake.
extension FakeKick {
    package static func failure(_ status: Int, _ message: String) -> StageServer.Answer {
        StageServer.Answer(
            status, headers: [("Content-Type", "application/json")], ["data": [:], "message": .string(message)])
    }

    private static func success(_ data: JSON) -> StageServer.Answer {
        StageServer.Answer(200, ["data": data, "message": "OK"])
    }

    func answer(_ request: StageServer.Request) -> StageServer.Answer {
        if request.path == "/oauth/token" { return refresh(request) }
        return world.withLock { world in
            guard request.headers.first(name: "Authorization") == "Bearer \(world.cast.token)" else {
                return Self.failure(401, "Unauthorized")
            }
            switch (request.method, request.path) {
            case ("POST", "/public/v1/chat"): return Self.say(request, &world)
            case ("DELETE", let path) where path.hasPrefix("/public/v1/chat/"):
                let id = String(path.dropFirst("/public/v1/chat/".count))
                guard world.cast.messages.removeValue(forKey: id) != nil else { return Self.failure(404, "Not Found") }
                world.cast.deeds.append(.deleted(id))
                return StageServer.Answer(204)
            case ("POST", "/public/v1/moderation/bans"): return Self.ban(request, &world)
            case ("GET", "/public/v1/events/subscriptions"): return Self.list(request, world)
            case ("POST", "/public/v1/events/subscriptions"): return Self.subscribe(request, &world)
            default: return Self.failure(404, "Not Found")
            }
        }
    }

    private static func say(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        guard let text = request.body?["content"]?.string, (1...500).contains(text.unicodeScalars.count),
            ["bot", "user"].contains(request.body?["type"]?.string)
        else { return failure(400, "Invalid request") }
        world.cast.deeds.append(.said(text))
        return success(["is_sent": true, "message_id": .string(StageCast.newID())])
    }

    private static func ban(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        guard let body = request.body, body["broadcaster_user_id"]?.integer != nil,
            let user = body["user_id"]?.integer.map(String.init),
            (body["reason"]?.string ?? "").unicodeScalars.count <= 100
        else { return failure(400, "Invalid request") }
        guard !world.cast.isImmune(user) else { return failure(403, "Forbidden") }
        guard let minutes = body["duration"] else {
            guard world.cast.banned.insert(user).inserted else { return failure(409, "User is already banned") }
            world.cast.deeds.append(.banned(user))
            return success([:])
        }
        guard let minutes = minutes.integer, (1...10_080).contains(minutes) else {
            return failure(400, "Invalid duration")
        }
        world.cast.deeds.append(.timedOut(user, seconds: minutes * 60))
        return success([:])
    }

    private static func list(_ request: StageServer.Request, _ world: World) -> StageServer.Answer {
        let wanted = request.query["broadcaster_user_id"].flatMap(Int.init)
        let list = world.subscriptions.filter { wanted == nil || $0.value.owner == wanted }.map { id, kept -> JSON in
            [
                "id": .string(id), "app_id": "app", "broadcaster_user_id": .integer(kept.owner),
                "event": .string(kept.event), "method": "webhook", "version": 1,
            ]
        }
        return success(.array(list))
    }

    private static func subscribe(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        guard !world.isDeniedSubscriptions else { return failure(403, "Forbidden") }
        guard let owner = request.body?["broadcaster_user_id"]?.integer, request.body?["method"] == "webhook",
            let events = request.body?["events"]?.array
        else { return failure(400, "Invalid request") }
        let list = events.map { event -> JSON in
            let id = StageCast.newID(), name = event["name"]?.string ?? ""
            guard !world.deniedTypes.contains(name), event["version"] == 1 else {
                return ["name": .string(name), "version": 1, "error": "Forbidden"]
            }
            world.subscriptions[id] = (owner, name)
            return ["name": .string(name), "version": 1, "subscription_id": .string(id), "error": ""]
        }
        return success(.array(list))
    }

    /// A refresh token is good once.
    private func refresh(_ request: StageServer.Request) -> StageServer.Answer {
        world.withLock { world in
            let form = request.form
            guard form["grant_type"] == "refresh_token", form["client_id"] == clientID,
                form["client_secret"] == clientSecret, form["refresh_token"] == world.cast.refreshToken
            else { return StageServer.Answer(401, ["error": "invalid_grant"]) }
            (world.cast.token, world.cast.refreshToken) = (StageCast.newSecret(), StageCast.newSecret())
            return StageServer.Answer(
                200,
                [
                    "access_token": .string(world.cast.token), "token_type": "Bearer", "expires_in": 7200,
                    "refresh_token": .string(world.cast.refreshToken), "scope": "chat:write",
                ])
        }
    }
}
