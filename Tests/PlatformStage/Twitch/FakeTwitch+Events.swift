import Domain
import Synchronization

/// What Twitch wants to see in a subscription to something else than chat.
struct EventKind {
    var version = "1"
    var member = "broadcaster_user_id"
    var needsModerator = false

    static let all: [String: EventKind] = [
        "channel.follow": EventKind(version: "2", needsModerator: true), "channel.subscribe": EventKind(),
        "channel.subscription.gift": EventKind(), "channel.subscription.message": EventKind(),
        "channel.cheer": EventKind(), "channel.raid": EventKind(member: "to_broadcaster_user_id"),
        "channel.channel_points_custom_reward_redemption.add": EventKind(), "channel.ban": EventKind(),
        "stream.online": EventKind(),
    ]
}

extension FakeTwitch {
    /// Something happens in a room besides chat; those who listen to that hear of it.
    ///
    /// - Parameters:
    ///   - type: as Twitch calls it: `channel.follow`.
    ///   - person: who has done it; nil for one who stays unknown.
    ///   - more: the members that go with the type.
    package func happens(_ type: String, by person: Person? = nil, in room: Person, _ more: JSON = [:]) {
        let prefix = type == "channel.raid" ? "from_broadcaster_user" : "user"
        let owner = type == "channel.raid" ? "to_broadcaster_user" : "broadcaster_user"
        var members = Self.members(owner, room)
        if type != "stream.online" { members += Self.members(prefix, person) }
        let event = JSON.object(members + (more.members ?? []))
        let payload: JSON = ["subscription": ["type": .string(type)], "event": event]
        let text = Self.envelope("notification", payload: payload, type: type)
        let wanted = EventSubscription(type: type, room: room.id)
        world.withLock { world in
            world.lastNotification = (room.id, text)
            for session in world.sessions.values where session.events.values.contains(wanted) {
                Self.send(text, on: session.channel)
            }
        }
    }

    private static func members(_ prefix: String, _ person: Person?) -> [JSON.Member] {
        [("id", person?.id), ("login", person?.login), ("name", person?.name)].map { name, value in
            JSON.Member("\(prefix)_\(name)", value.map { .string($0) } ?? .null)
        }
    }

    /// The bot has no right to these kinds of events.
    package func deny(_ types: String...) { world.withLock { $0.deniedTypes.formUnion(types) } }

    /// Which kinds of events somebody listens to in a room.
    package func eventTypes(in room: Person) -> Set<String> {
        world.withLock { world in
            Set(world.sessions.values.flatMap(\.events.values).filter { $0.room == room.id }.map(\.type))
        }
    }

    package func isTold(_ kind: PlatformEvent.Kind, in room: Person) -> Bool {
        Self.examples[kind].map { eventTypes(in: room).contains($0.type) } ?? false
    }

    /// As Twitch would tell it.
    package func happens(_ kind: PlatformEvent.Kind, by person: Person?, in room: Person, isWhole: Bool = true) {
        guard let example = Self.examples[kind] else { return }
        happens(example.type, by: person, in: room, isWhole ? example.more : [:])
    }

    private static let examples: [PlatformEvent.Kind: (type: String, more: JSON)] = [
        .follower: ("channel.follow", ["followed_at": "2026-01-01T00:00:00Z"]),
        .subscribe: ("channel.subscribe", ["tier": "1000", "is_gift": false]),
        .giftSub: (
            "channel.subscription.gift",
            ["tier": "1000", "total": 5, "cumulative_total": .null, "is_anonymous": false]
        ),
        .resub: (
            "channel.subscription.message",
            [
                "tier": "2000", "message": ["text": "hi", "emotes": .null], "cumulative_months": 7,
                "streak_months": .null,
            ]
        ),
        .cheer: ("channel.cheer", ["bits": 100, "message": "well done", "is_anonymous": false]),
        .raid: ("channel.raid", ["viewers": 12]),
        .reward: (
            "channel.channel_points_custom_reward_redemption.add",
            ["user_input": "now", "status": "unfulfilled", "reward": ["id": "r1", "title": "Hydrate", "cost": 50]]
        ),
        .ban: ("channel.ban", ["reason": "spam", "is_permanent": true]),
        .streamOnline: ("stream.online", ["type": "live"]),
    ]
}
