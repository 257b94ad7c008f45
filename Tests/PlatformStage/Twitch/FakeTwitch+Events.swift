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
}
