import Domain
import NIOHTTP1

/// The part of the API that gives EventSub's connections something to carry.
struct SubscriptionDesk {
    let request: FakeTwitch.Request
    let bot: FakeTwitch.Person
    let now: Timestamp

    func subscribe(in world: inout World) -> HelixDesk.Answer {
        if let type = request.body?["type"]?.string, let kind = EventKind.all[type] {
            return subscribe(to: type, kind, in: &world)
        }
        guard let body = request.body, body["type"]?.string == "channel.chat.message", body["version"]?.string == "1",
            let room = body["condition"]?["broadcaster_user_id"]?.string,
            body["transport"]?["method"]?.string == "websocket",
            let session = body["transport"]?["session_id"]?.string
        else { return .failure(400, "The subscription is not valid") }
        guard body["condition"]?["user_id"]?.string == bot.id else {
            return .failure(403, "subscription missing proper authorization")
        }
        guard world.rooms[room] != nil else { return .failure(400, "The broadcaster was not found") }
        guard world.sessions[session] != nil else {
            return .failure(400, "websocket transport session does not exist or has already disconnected")
        }
        guard world.rooms[room]?.banned.contains(bot.id) != true else {
            return .failure(403, "subscription missing proper authorization")
        }
        guard world.sessions[session]?.subscriptions.values.contains(room) != true else {
            return .failure(409, "subscription already exists")
        }
        guard (world.sessions[session].map { $0.subscriptions.count + $0.events.count } ?? 0) < 300 else {
            return .failure(429, "number of websocket transports limit exceeded")
        }
        let id = World.newID()
        world.sessions[session]?.subscriptions[id] = room
        let data: JSON = ["data": [["id": .string(id), "status": "enabled", "type": "channel.chat.message"]]]
        return HelixDesk.Answer(status: 202, body: data.text, subscribed: room)
    }

    private func subscribe(to type: String, _ kind: EventKind, in world: inout World) -> HelixDesk.Answer {
        let condition = request.body?["condition"]
        guard request.body?["version"]?.string == kind.version, let room = condition?[kind.member]?.string,
            let session = request.body?["transport"]?["session_id"]?.string,
            !kind.needsModerator || condition?["moderator_user_id"]?.string == bot.id
        else { return .failure(400, "The subscription is not valid") }
        guard world.rooms[room] != nil else { return .failure(400, "The broadcaster was not found") }
        guard world.sessions[session] != nil else {
            return .failure(400, "websocket transport session does not exist or has already disconnected")
        }
        guard !world.deniedTypes.contains(type) else {
            return .failure(403, "subscription missing proper authorization")
        }
        let subscription = EventSubscription(type: type, room: room)
        guard world.sessions[session]?.events.values.contains(subscription) != true else {
            return .failure(409, "subscription already exists")
        }
        let id = World.newID()
        world.sessions[session]?.events[id] = subscription
        let data: JSON = ["data": [["id": .string(id), "status": "enabled", "type": .string(type)]]]
        return HelixDesk.Answer(status: 202, body: data.text)
    }

    func unsubscribe(in world: inout World) -> HelixDesk.Answer {
        guard let id = request.query["id"], !id.isEmpty else { return .failure(400, "The id parameter is required") }
        for (session, value) in world.sessions where value.subscriptions[id] != nil {
            world.sessions[session]?.subscriptions[id] = nil
            return HelixDesk.Answer(status: 204)
        }
        for (session, value) in world.sessions where value.events[id] != nil {
            world.sessions[session]?.events[id] = nil
            return HelixDesk.Answer(status: 204)
        }
        return .failure(404, "The subscription was not found")
    }
}
