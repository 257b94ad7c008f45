import Domain
import Foundation
import Synchronization

extension FakeTwitch {
    /// Somebody writes into a room. Whoever listens there gets it, by EventSub or by IRC.
    ///
    /// - Parameters:
    ///   - badges: as in `vip/1`.
    ///   - words: of the text that are emotes.
    ///   - from: the room of a shared chat where it was written, and the badges there.
    /// - Returns: the message's id.
    @discardableResult
    package func say(
        _ text: String, by person: Person, in room: Person, badges: [String] = [], emotes words: Set<String> = [],
        from source: (room: Person, badges: [String])? = nil, at moment: Timestamp? = nil
    ) -> String {
        let id = World.newID()
        world.withLock { $0.rooms[room.id]?.messages[id] = person.id }
        show(text, id: id, by: person, in: room.id, badges: badges, emotes: words, from: source, at: moment)
        return id
    }

    func show(
        _ text: String, id: String, by person: Person, in room: String, badges: [String],
        emotes words: Set<String> = [], from source: (room: Person, badges: [String])? = nil,
        at moment: Timestamp? = nil
    ) {
        let line = ChatLine(
            text: text, id: id, author: person, badges: badges, emotes: words, source: source,
            sentAt: moment ?? WallClock.system.now)
        world.withLock { world in
            guard let owner = world.rooms[room]?.owner else { return }
            let notification = line.notification(in: owner, bot: bot)
            world.lastNotification = (room, notification)
            for session in world.sessions.values where session.subscriptions.values.contains(room) {
                Self.send(notification, on: session.channel)
            }
            for guest in world.guests.values where guest.rooms.contains(owner.login) {
                guest.send(line.irc(in: owner))
            }
        }
    }
}

/// One line of chat in both of Twitch's forms.
struct ChatLine {
    let text: String, id: String
    let author: FakeTwitch.Person
    let badges: [String]
    let emotes: Set<String>
    let source: (room: FakeTwitch.Person, badges: [String])?
    let sentAt: Timestamp

    func notification(in room: FakeTwitch.Person, bot: FakeTwitch.Person) -> String {
        let event: JSON = [
            "broadcaster_user_id": .string(room.id), "broadcaster_user_login": .string(room.login),
            "broadcaster_user_name": .string(room.name), "chatter_user_id": .string(author.id),
            "chatter_user_login": .string(author.login), "chatter_user_name": .string(author.name),
            "message_id": .string(id), "message": ["text": .string(text), "fragments": .array(fragments)],
            "color": "", "badges": .array(badges.map(Self.badge)), "message_type": "text", "cheer": .null,
            "reply": .null, "channel_points_custom_reward_id": .null,
            "source_broadcaster_user_id": source.map { .string($0.room.id) } ?? .null,
            "source_message_id": source.map { _ in .string(World.newID()) } ?? .null,
            "source_badges": source.map { .array($0.badges.map(Self.badge)) } ?? .null,
        ]
        let subscription: JSON = [
            "id": "subscription", "status": "enabled", "type": "channel.chat.message", "version": "1",
            "condition": ["broadcaster_user_id": .string(room.id), "user_id": .string(bot.id)],
        ]
        return FakeTwitch.envelope("notification", payload: ["subscription": subscription, "event": event], at: sentAt)
    }

    private static func badge(_ badge: String) -> JSON {
        let parts = badge.split(separator: "/")
        return [
            "set_id": .string(String(parts.first ?? "")), "id": .string(String(parts.last ?? "")), "info": "",
        ]
    }

    /// Words and what lies between them, with the emotes and mentions told apart.
    private var fragments: [JSON] {
        var fragments: [JSON] = [], plain = ""
        func flush() {
            if !plain.isEmpty { fragments.append(["type": "text", "text": .string(plain), "emote": .null]) }
            plain = ""
        }
        for (index, word) in text.components(separatedBy: " ").enumerated() {
            if index > 0 { plain += " " }
            if emotes.contains(word) {
                flush()
                fragments.append(["type": "emote", "text": .string(word), "emote": ["id": "25"]])
            } else if word.hasPrefix("@"), word.count > 1 {
                flush()
                fragments.append(["type": "mention", "text": .string(word), "mention": ["user_id": "1"]])
            } else {
                plain += word
            }
        }
        flush()
        return fragments
    }

    func irc(in room: FakeTwitch.Person) -> String {
        var tags = [
            "id": id, "room-id": room.id, "user-id": author.id, "display-name": author.name,
            "badges": badges.joined(separator: ","), "emotes": positions,
            "tmi-sent-ts": "\(sentAt.microseconds / 1000)",
        ]
        if let source {
            tags["source-room-id"] = source.room.id
            tags["source-badges"] = source.badges.joined(separator: ",")
        }
        let section = tags.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ";")
        let login = author.login
        return "@\(section) :\(login)!\(login)@\(login).tmi.twitch.tv PRIVMSG #\(room.login) :\(text)"
    }

    /// In code points, as IRC has them.
    private var positions: String {
        var start = 0, positions: [String] = []
        for word in text.components(separatedBy: " ") {
            let length = word.unicodeScalars.count
            if emotes.contains(word) { positions.append("25:\(start)-\(start + length - 1)") }
            start += length + 1
        }
        return positions.joined(separator: "/")
    }
}
