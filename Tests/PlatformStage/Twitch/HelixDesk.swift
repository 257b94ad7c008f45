import Domain
import Foundation
import NIOHTTP1

/// The API's side of the fake: what each request is answered, by Twitch's own reference.
struct HelixDesk {
    struct Answer {
        var status: Int
        var headers: HTTPHeaders = [:]
        var body = ""
        /// A chat message that everybody in the room gets to see.
        var spoken: (text: String, id: String, room: String)?
        var subscribed: String?

        static func failure(_ status: Int, _ message: String) -> Answer {
            let error = HTTPResponseStatus(statusCode: status).reasonPhrase
            let body: JSON = [
                "error": .string(error), "status": .integer(status), "message": .string(message),
            ]
            return Answer(status: status, body: body.text)
        }
    }

    let request: FakeTwitch.Request
    let bot: FakeTwitch.Person
    let now: Timestamp

    static func route(_ method: String, _ path: String) -> FakeTwitch.Route? {
        switch (method, path) {
        case ("POST", "/helix/chat/messages"): .say
        case ("GET", "/helix/streams"): .streams
        case ("DELETE", "/helix/moderation/chat"): .delete
        case ("POST", "/helix/moderation/bans"): .ban
        case ("POST", "/helix/moderation/warnings"): .warn
        case ("POST", "/helix/eventsub/subscriptions"): .subscribe
        case ("DELETE", "/helix/eventsub/subscriptions"): .unsubscribe
        default: nil
        }
    }

    func answer(in world: inout World) -> Answer {
        guard request.headers.first(name: "Authorization") == "Bearer \(world.token)" else {
            return .failure(401, "Invalid OAuth token")
        }
        guard request.headers.first(name: "Client-Id") == world.clientID else {
            return .failure(401, "Client ID and OAuth token do not match")
        }
        switch request.route {
        case .say: return say(in: &world)
        case .streams: return streams(in: world)
        case .delete: return moderated(in: &world, delete)
        case .ban: return moderated(in: &world, ban)
        case .warn: return moderated(in: &world, warn)
        case .subscribe: return SubscriptionDesk(request: request, bot: bot, now: now).subscribe(in: &world)
        case .unsubscribe: return SubscriptionDesk(request: request, bot: bot, now: now).unsubscribe(in: &world)
        case nil: return .failure(404, "")
        }
    }

    // MARK: streams

    /// Of one channel: a list of one while it is live, else of none.
    private func streams(in world: World) -> Answer {
        guard let id = request.query["user_id"] else { return .failure(400, "Missing required parameter user_id") }
        let live = world.rooms[id].flatMap { room in
            room.liveSince.map { since -> JSON in
                [
                    "id": "1", "user_id": .string(id), "user_login": .string(room.owner.login), "type": "live",
                    "started_at": .string("\(since.description.prefix(19))Z"),
                ]
            }
        }
        return Answer(status: 200, body: JSON.object([JSON.Member("data", .array(live.map { [$0] } ?? []))]).text)
    }

    // MARK: chat

    private func say(in world: inout World) -> Answer {
        guard let body = request.body, let roomID = body["broadcaster_id"]?.string, let text = body["message"]?.string
        else { return .failure(400, "The broadcaster_id and message fields are required") }
        guard body["sender_id"]?.string == bot.id else {
            return .failure(401, "The ID in sender_id must match the user ID in the access token")
        }
        guard var room = world.rooms[roomID] else { return .failure(400, "The broadcaster was not found") }
        guard !room.banned.contains(bot.id) else { return .failure(403, "The sender is banned from the channel") }
        guard !text.isEmpty else { return .failure(400, "The message field may not be empty") }
        guard text.unicodeScalars.count <= 500 else { return .failure(422, "The message is too large") }
        if let reason = room.refusal(of: text, isModerator: room.moderators.contains(bot.id), at: now) {
            return Self.dropped(code: reason.code, message: reason.message)
        }
        let id = World.newID()
        room.messages[id] = bot.id
        world.rooms[roomID] = room
        world.deeds.append(.said(text, replyTo: body["reply_parent_message_id"]?.string, room: roomID))
        let data: JSON = ["data": [["message_id": .string(id), "is_sent": true, "drop_reason": .null]]]
        return Answer(status: 200, body: data.text, spoken: (text, id, roomID))
    }

    static func dropped(code: String, message: String) -> Answer {
        let reason: JSON = ["code": .string(code), "message": .string(message)]
        let data: JSON = ["data": [["message_id": "", "is_sent": false, "drop_reason": reason]]]
        return Answer(status: 200, body: data.text)
    }

    // MARK: moderation

    private func moderated(
        in world: inout World, _ act: (inout World, inout World.Room) -> Answer
    ) -> Answer {
        guard request.query["moderator_id"] == bot.id else {
            return .failure(401, "The ID in moderator_id must match the user ID in the access token")
        }
        guard let id = request.query["broadcaster_id"], var room = world.rooms[id] else {
            return .failure(400, "The broadcaster was not found")
        }
        guard room.moderators.contains(bot.id) else {
            return .failure(403, "The user in moderator_id is not one of the broadcaster's moderators")
        }
        let answer = act(&world, &room)
        world.rooms[id] = room
        return answer
    }

    private func delete(_ world: inout World, _ room: inout World.Room) -> Answer {
        guard let id = request.query["message_id"], !id.isEmpty else {
            room.messages = [:]
            world.deeds.append(.cleared(room: room.owner.id))
            return Answer(status: 204)
        }
        guard let author = room.messages[id] else { return .failure(404, "The message was not found") }
        guard author != room.owner.id, author == bot.id || !room.moderators.contains(author) else {
            return .failure(400, "You cannot delete the broadcaster's or another moderator's messages")
        }
        room.messages[id] = nil
        world.deeds.append(.deleted(id, room: room.owner.id))
        return Answer(status: 204)
    }

    private func ban(_ world: inout World, _ room: inout World.Room) -> Answer {
        guard let data = request.body?["data"], let user = data["user_id"]?.string else {
            return .failure(400, "The user_id field is required")
        }
        let seconds = data["duration"]?.integer, reason = data["reason"]?.string
        if data["duration"] != nil, !(1...1_209_600).contains(seconds ?? 0) {
            return .failure(400, "The value in the duration field is not valid")
        }
        guard (reason ?? "").unicodeScalars.count <= 500 else { return .failure(400, "The reason is too long") }
        guard user != room.owner.id, !room.moderators.contains(user) else {
            return .failure(400, "The user specified in the user_id field may not be banned")
        }
        guard !room.banned.contains(user) else {
            return .failure(400, "The user specified in the user_id field is already banned")
        }
        if let seconds {
            world.deeds.append(.timedOut(user, seconds: seconds, reason: reason, room: room.owner.id))
        } else {
            room.banned.insert(user)
            world.deeds.append(.banned(user, reason: reason, room: room.owner.id))
        }
        let end = seconds.map { JSON.string(now.adding(seconds: Double($0)).description) } ?? .null
        let answer: JSON = [
            "broadcaster_id": .string(room.owner.id), "moderator_id": .string(bot.id), "user_id": .string(user),
            "created_at": .string(now.description), "end_time": end,
        ]
        return Answer(status: 200, body: JSON.object([JSON.Member("data", [answer])]).text)
    }

    private func warn(_ world: inout World, _ room: inout World.Room) -> Answer {
        guard let data = request.body?["data"], let user = data["user_id"]?.string,
            let reason = data["reason"]?.string, (1...500).contains(reason.unicodeScalars.count)
        else { return .failure(400, "The user_id and reason fields are required") }
        guard user != room.owner.id, !room.moderators.contains(user) else {
            return .failure(400, "The user specified in the user_id field may not be warned")
        }
        world.deeds.append(.warned(user, reason: reason, room: room.owner.id))
        let answer: JSON = [
            "broadcaster_id": .string(room.owner.id), "moderator_id": .string(bot.id), "user_id": .string(user),
            "reason": .string(reason),
        ]
        return Answer(status: 200, body: JSON.object([JSON.Member("data", [answer])]).text)
    }
}

extension World.Room {
    /// Why Twitch shows a text to nobody: said a moment ago, or too many of them.
    fileprivate mutating func refusal(
        of text: String, isModerator: Bool, at now: Timestamp
    ) -> (code: String, message: String)? {
        if let last = lastText, last.text == text, now.seconds(since: last.at) < 30 {
            return ("msg_duplicate", "Your message was not sent because it is identical to the previous one.")
        }
        sent.removeAll { now.seconds(since: $0) >= 30 }
        guard sent.count < (isModerator ? 100 : 20) else {
            return ("msg_ratelimit", "Your message was not sent because you are sending messages too quickly.")
        }
        sent.append(now)
        lastText = (text, now)
        return nil
    }
}
