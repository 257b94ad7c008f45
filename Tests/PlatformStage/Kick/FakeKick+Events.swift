import Domain
import Synchronization

/// What happens besides chat, as Kick's webhooks tell it.
extension FakeKick {
    /// Those who are subscribed hear of it.
    ///
    /// - Parameters:
    ///   - name: who has done it, or whom it befell.
    ///   - isWhole: false leaves out all but the channel.
    package func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool = true) {
        guard let type = Self.types[kind] else { return }
        let body = JSON.object(
            [.init("broadcaster", .object(Self.user(owner)))] + (isWhole ? members(kind, by: name) : []))
        tell(type, body)
    }

    /// A webhook of any type, to those who are subscribed to it.
    package func tell(_ type: String, _ body: JSON) {
        guard isSubscribed(to: type), let delivery = try? Self.delivery(body, type: type) else { return }
        emit(delivery)
    }

    package func isSubscribed(to kind: PlatformEvent.Kind) -> Bool { Self.types[kind].map(isSubscribed) ?? false }

    func isSubscribed(to type: String) -> Bool {
        world.withLock { world in
            world.subscriptions.values.contains { $0.event == type && $0.owner == Int(owner.id) }
        }
    }

    /// The bot has no right to these kinds of events.
    package func deny(_ types: String...) { world.withLock { $0.deniedTypes = Set(types) } }

    private static let types: [PlatformEvent.Kind: String] = [
        .follower: "channel.followed", .subscribe: "channel.subscription.new",
        .resub: "channel.subscription.renewal", .giftSub: "channel.subscription.gifts",
        .reward: "channel.reward.redemption.updated", .streamOnline: "livestream.status.updated",
        .ban: "moderation.banned", .cheer: "kicks.gifted",
    ]

    private func members(_ kind: PlatformEvent.Kind, by name: String) -> [JSON.Member] {
        let person = JSON.object(Self.user(self.person(name)))
        let now = WallClock.system.now, later = now.adding(seconds: 3600)
        let span: [JSON.Member] = [
            .init("created_at", .string(now.description)), .init("expires_at", .string(later.description)),
        ]
        switch kind {
        case .follower: return [.init("follower", person)]
        case .subscribe: return [.init("subscriber", person), .init("duration", 1)] + span
        case .resub: return [.init("subscriber", person), .init("duration", 7)] + span
        case .giftSub:
            let giftees = (1...5).map { JSON.object(Self.user(self.person("giftee\($0)"))) }
            return [.init("gifter", person), .init("giftees", .array(giftees))] + span
        case .reward: return redemption(by: person, status: "pending", at: now)
        case .streamOnline:
            return [
                .init("is_live", true), .init("title", "Hello"), .init("started_at", .string(now.description)),
                .init("ended_at", .null),
            ]
        case .ban:
            return [
                .init("moderator", .object(Self.user(owner))), .init("banned_user", person),
                .init(
                    "metadata",
                    [
                        "reason": "spam", "created_at": .string(now.description),
                        "expires_at": .string(later.description),
                    ]),
            ]
        case .cheer:
            let gift: JSON = [
                "amount": 100, "name": "Rage Quit", "type": "LEVEL_UP", "tier": "MID", "message": "well done",
            ]
            return [.init("sender", person), .init("gift", gift), .init("created_at", .string(now.description))]
        case .raid: return []
        }
    }

    private func redemption(by person: JSON, status: String, at now: Timestamp) -> [JSON.Member] {
        [
            .init("id", .string(StageCast.newID())), .init("user_input", "now"), .init("status", .string(status)),
            .init("redeemed_at", .string(now.description)), .init("redeemer", person),
            .init("reward", ["id": "r1", "title": "Hydrate", "cost": 50, "description": ""]),
        ]
    }
}
