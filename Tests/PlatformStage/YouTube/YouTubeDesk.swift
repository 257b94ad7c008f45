import Domain
import Foundation
import NIOHTTP1
import Synchronization

/// The API's side of the fake.
extension FakeYouTube {
    package static func failure(_ status: Int, _ reason: String, _ message: String = "") -> StageServer.Answer {
        let error: JSON = [
            "code": .integer(status), "message": .string(message.isEmpty ? reason : message),
            "errors": [["domain": "youtube.liveChat", "reason": .string(reason), "message": .string(message)]],
        ]
        return StageServer.Answer(
            status, headers: [("Content-Type", "application/json")], JSON.object([.init("error", error)]))
    }

    func answer(_ request: StageServer.Request) -> StageServer.Answer {
        if request.path == "/token" { return refresh(request) }
        return world.withLock { world in
            guard request.headers.first(name: "Authorization") == "Bearer \(world.cast.token)" else {
                return Self.failure(401, "authError", "Invalid Credentials")
            }
            let units = Self.units(request)
            guard world.unitsSpent + units <= world.unitsMax else {
                return Self.failure(
                    403, "quotaExceeded", "The request cannot be completed: you have exceeded your quota.")
            }
            world.unitsSpent += units
            switch (request.method, request.path) {
            case ("GET", "/youtube/v3/playlistItems"): return uploads(request)
            case ("GET", "/youtube/v3/videos"):
                let started = world.startedAt.map { [JSON.Member("actualStartTime", .string($0.description))] } ?? []
                let details: JSON =
                    world.isLive ? .object([.init("activeLiveChatId", .string(world.chat))] + started) : [:]
                return StageServer.Answer(
                    200,
                    [
                        "items": [
                            ["id": "v1", "liveStreamingDetails": [:]], ["id": "v2", "liveStreamingDetails": details],
                        ]
                    ])
            case ("GET", "/youtube/v3/liveChat/messages"): return Self.page(request, &world)
            case ("POST", "/youtube/v3/liveChat/messages"): return Self.say(request, &world)
            case ("DELETE", "/youtube/v3/liveChat/messages"):
                guard let id = request.query["id"], world.cast.messages.removeValue(forKey: id) != nil else {
                    return Self.failure(404, "liveChatMessageNotFound")
                }
                world.cast.deeds.append(.deleted(id))
                return StageServer.Answer(204)
            case ("POST", "/youtube/v3/liveChat/bans"): return ban(request, &world)
            default: return Self.failure(404, "notFound")
            }
        }
    }

    private static func units(_ request: StageServer.Request) -> Int {
        switch (request.method, request.path) {
        case ("GET", "/youtube/v3/liveChat/messages"): 5
        case ("POST", "/youtube/v3/liveChat/bans"): 50
        case ("POST", _), ("DELETE", _): 20
        default: 1
        }
    }

    private func uploads(_ request: StageServer.Request) -> StageServer.Answer {
        guard request.query["playlistId"] == "UU" + channelID.dropFirst(2) else {
            return Self.failure(404, "playlistNotFound")
        }
        return StageServer.Answer(
            200, ["items": [["contentDetails": ["videoId": "v1"]], ["contentDetails": ["videoId": "v2"]]]])
    }

    private static func page(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        guard world.isLive else { return failure(403, "liveChatEnded", "The live chat is no longer live.") }
        guard request.query["liveChatId"] == world.chat else { return failure(404, "liveChatNotFound") }
        var start = 0
        if let token = request.query["pageToken"] {
            guard token.hasPrefix("p"), let number = Int(token.dropFirst()), number >= world.firstPage else {
                return failure(400, "pageTokenInvalid")
            }
            start = min(number, world.items.count)
        }
        return StageServer.Answer(
            200,
            [
                "kind": "youtube#liveChatMessageListResponse",
                "pollingIntervalMillis": .integer(world.pollingMilliseconds),
                "nextPageToken": .string("p\(world.items.count)"), "items": .array(Array(world.items[start...])),
            ])
    }

    private static func say(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        let snippet = request.body?["snippet"]
        guard snippet?["type"] == "textMessageEvent", let text = snippet?["textMessageDetails"]?["messageText"]?.string,
            (1...200).contains(text.unicodeScalars.count)
        else { return failure(400, "messageTextInvalid") }
        guard snippet?["liveChatId"]?.string == world.chat, world.isLive else { return failure(403, "liveChatEnded") }
        world.cast.deeds.append(.said(text))
        return StageServer.Answer(200, ["id": "LCC.said"])
    }

    private func ban(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        let snippet = request.body?["snippet"]
        guard snippet?["liveChatId"]?.string == world.chat,
            let user = snippet?["bannedUserDetails"]?["channelId"]?.string
        else { return Self.failure(400, "userBannedNotFound") }
        let number = String(user.drop { $0 == "U" || $0 == "C" || $0 == "0" })
        guard !world.cast.isImmune(number) else {
            return Self.failure(403, "liveChatBanInsertionNotAllowed", "You can't ban this user.")
        }
        switch (snippet?["type"]?.string, snippet?["banDurationSeconds"]?.integer) {
        case ("permanent", nil): world.cast.deeds.append(.banned(user))
        case ("temporary", let seconds?) where seconds > 0: world.cast.deeds.append(.timedOut(user, seconds: seconds))
        default: return Self.failure(400, "invalidBanDuration")
        }
        return StageServer.Answer(200, ["id": "ban", "snippet": snippet ?? .null])
    }

    /// Google's refresh tokens stay good.
    private func refresh(_ request: StageServer.Request) -> StageServer.Answer {
        world.withLock { world in
            let form = request.form
            guard form["grant_type"] == "refresh_token", form["client_id"] == clientID,
                form["client_secret"] == clientSecret, form["refresh_token"] == world.cast.refreshToken
            else { return StageServer.Answer(400, ["error": "invalid_grant", "error_description": "Bad Request"]) }
            world.cast.token = StageCast.newSecret()
            return StageServer.Answer(
                200,
                [
                    "access_token": .string(world.cast.token), "token_type": "Bearer", "expires_in": 3599,
                    "scope": "https://www.googleapis.com/auth/youtube",
                ])
        }
    }
}
