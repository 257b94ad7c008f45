import Domain
import Foundation
import NIOHTTP1
import Synchronization

/// The API's side of the fake.
extension FakeDiscord {
    package static func failure(_ status: Int, _ code: Int, _ message: String) -> StageServer.Answer {
        StageServer.Answer(status, ["code": .integer(code), "message": .string(message)])
    }

    package static func limited(seconds: Double, isGlobal: Bool = false) -> StageServer.Answer {
        var headers = [
            ("Retry-After", "\(Int(seconds.rounded(.up)))"), ("X-RateLimit-Scope", isGlobal ? "global" : "user"),
        ]
        if isGlobal { headers.append(("X-RateLimit-Global", "true")) }
        return StageServer.Answer(
            429, headers: headers,
            [
                "message": "You are being rate limited.", "retry_after": .number("\(seconds)"),
                "global": .bool(isGlobal),
            ])
    }

    /// So many requests to one route in so long.
    private static let bucket = (count: 5, seconds: 1.0)

    func answer(_ request: StageServer.Request) -> StageServer.Answer {
        let now = WallClock.system.now
        let parts = request.path.split(separator: "/").map(String.init).dropFirst(2)
        return world.withLock { world in
            guard request.headers.first(name: "Authorization") == "Bot \(world.cast.token)" else {
                return Self.failure(401, 0, "401: Unauthorized")
            }
            guard request.headers.first(name: "User-Agent")?.hasPrefix("DiscordBot (") == true else {
                return Self.failure(400, 40333, "internal network error")
            }
            let key = "\(request.method) \(parts.prefix(3).joined(separator: "/"))"
            var (remaining, fullAt) =
                world.buckets[key] ?? (Self.bucket.count, now.adding(seconds: Self.bucket.seconds))
            if now >= fullAt { (remaining, fullAt) = (Self.bucket.count, now.adding(seconds: Self.bucket.seconds)) }
            let rest = fullAt.seconds(since: now)
            guard remaining > 0 else { return Self.limited(seconds: rest) }
            world.buckets[key] = (remaining - 1, fullAt)
            var answer = self.answer(request, Array(parts), &world)
            answer.headers += [
                ("X-RateLimit-Bucket", "b-\(parts.first ?? "")-\(request.method)"),
                ("X-RateLimit-Limit", "\(Self.bucket.count)"), ("X-RateLimit-Remaining", "\(remaining - 1)"),
                ("X-RateLimit-Reset-After", "\(rest)"),
            ]
            return answer
        }
    }

    private func answer(
        _ request: StageServer.Request, _ parts: [String], _ world: inout World
    ) -> StageServer.Answer {
        switch (request.method, parts.count) {
        case ("GET", 2) where parts == ["gateway", "bot"]:
            return StageServer.Answer(
                200,
                [
                    "url": .string(server.socket), "shards": 1,
                    "session_start_limit": [
                        "total": 1000, "remaining": .integer(world.sessionsRemaining), "reset_after": 14_400_000,
                        "max_concurrency": 1,
                    ],
                ])
        case ("GET", 2) where parts[0] == "channels":
            guard world.channels.contains(parts[1]) else { return Self.failure(404, 10003, "Unknown Channel") }
            return StageServer.Answer(200, ["id": .string(parts[1]), "guild_id": .string(Self.guildID)])
        case ("POST", 3) where parts[0] == "channels" && parts[2] == "messages":
            guard world.channels.contains(parts[1]) else { return Self.failure(404, 10003, "Unknown Channel") }
            return Self.say(request, &world)
        case ("DELETE", 4) where parts[2] == "messages":
            guard world.cast.messages.removeValue(forKey: parts[3]) != nil else {
                return Self.failure(404, 10008, "Unknown Message")
            }
            world.cast.deeds.append(.deleted(parts[3]))
            return StageServer.Answer(204)
        case ("PATCH", 4) where parts[0] == "guilds" && parts[2] == "members":
            return timeout(parts[3], request, &world)
        case ("PUT", 4) where parts[0] == "guilds" && parts[2] == "bans":
            guard !world.cast.isImmune(parts[3]) else { return Self.failure(403, 50013, "Missing Permissions") }
            world.cast.deeds.append(.banned(parts[3]))
            return StageServer.Answer(204)
        default: return Self.failure(404, 0, "404: Not Found")
        }
    }

    private static func say(_ request: StageServer.Request, _ world: inout World) -> StageServer.Answer {
        guard let text = request.body?["content"]?.string, (1...2000).contains(text.unicodeScalars.count),
            request.body?["allowed_mentions"]?["parse"] == [], (request.body?["nonce"]?.string ?? "").count <= 25
        else { return failure(400, 50035, "Invalid Form Body") }
        world.cast.deeds.append(.said(text))
        return StageServer.Answer(200, ["id": "1", "content": .string(text)])
    }

    private func timeout(
        _ user: String, _ request: StageServer.Request, _ world: inout World
    ) -> StageServer.Answer {
        guard world.cast.person(id: user) != nil else { return Self.failure(404, 10007, "Unknown Member") }
        guard !world.cast.isImmune(user) else { return Self.failure(403, 50013, "Missing Permissions") }
        guard let until = request.body?["communication_disabled_until"]?.string.flatMap({ Timestamp($0) }) else {
            return Self.failure(400, 50035, "Invalid Form Body")
        }
        let seconds = Int(until.seconds(since: WallClock.system.now).rounded())
        guard seconds <= 2_419_200 else { return Self.failure(400, 50035, "Invalid Form Body") }
        world.cast.deeds.append(.timedOut(user, seconds: seconds))
        return StageServer.Answer(200, ["communication_disabled_until": .string(until.description)])
    }
}
