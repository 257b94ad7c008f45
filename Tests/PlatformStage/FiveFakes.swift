import Domain
import Foundation
import Platforms

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// All five platforms on loopback, and the credentials of a bot on each.
package struct FiveFakes: Sendable {
    package let twitch: FakeTwitch, youTube: FakeYouTube, kick: FakeKick, trovo: FakeTrovo, discord: FakeDiscord

    package static func start() async throws -> FiveFakes {
        FiveFakes(
            twitch: try await .start(), youTube: try await .start(), kick: try await .start(),
            trovo: try await .start(), discord: try await .start())
    }

    package func stop() async {
        await twitch.stop()
        await youTube.stop()
        await kick.stop()
        await trovo.stop()
        await discord.stop()
    }

    /// What one of the first rooms has as its number; viewers have others.
    private static let firstRoom = 9001

    private func owner(ofRoom number: Int) -> StageCast.Person {
        StageCast.Person(id: "\(Self.firstRoom + number)", name: "room\(number + 1)")
    }

    /// One more channel on each platform: 9001 + number on Twitch, Kick, Trovo and Discord, and so for YouTube
    /// (`UC`, and zeros before the number).
    package func open(_ number: Int) {
        let owner = owner(ofRoom: number)
        _ = twitch.room(owner.name, id: owner.id)
        youTube.open(owner)
        discord.open(owner.id)
    }

    package func say(_ text: String, by name: String, in number: Int, on platform: Platform) {
        let owner = owner(ofRoom: number)
        switch platform {
        case .twitch: twitch.say(text, by: twitch.person(name), in: twitch.room(owner.name))
        case .youtube: youTube.say(text, by: name, in: FakeYouTube.channelID(owner))
        case .kick: kick.say(text, by: name, in: owner)
        case .trovo: trovo.say(text, by: name, in: owner.id)
        case .discord: discord.say(text, by: name, in: owner.id)
        }
    }

    package func channelID(on platform: Platform) -> String {
        switch platform {
        case .twitch: twitch.room("acme").id
        case .youtube: youTube.channelID
        case .kick: kick.owner.id
        case .trovo: trovo.owner.id
        case .discord: FakeDiscord.guildID
        }
    }

    /// - Returns: the id under which the platform names the message when it is deleted.
    package func say(_ text: String, on platform: Platform) -> String {
        switch platform {
        case .twitch: twitch.say(text, by: twitch.person("bob"), in: twitch.room("acme"))
        case .youtube: youTube.say(text, by: "bob")
        case .kick: kick.say(text, by: "bob")
        case .trovo: "\(trovo.say(text, by: "bob"))/\(trovo.person("bob").id)"
        case .discord: discord.say(text, by: "bob")
        }
    }

    /// How often each message was deleted.
    package func deletions(on platform: Platform) -> [String: Int] {
        stageDeeds(on: platform).reduce(into: [:]) { counts, deed in
            if case .deleted(let id) = deed { counts[id, default: 0] += 1 }
        }
    }

    /// Eve does something, or something befalls her.
    package func happens(_ kind: PlatformEvent.Kind, on platform: Platform) {
        switch platform {
        case .twitch: twitch.happens(kind, by: twitch.person("Eve"), in: twitch.room("acme"))
        case .youtube: youTube.happens(kind, by: "Eve")
        case .kick: kick.happens(kind, by: "Eve")
        case .trovo: trovo.happens(kind, by: "Eve")
        case .discord: discord.ban("Eve")
        }
    }

    /// What bots have written, without white space at the end.
    package func said(on platform: Platform) -> [String] {
        let texts: [String] =
            platform == .twitch
            ? twitch.deeds.compactMap { if case .said(let text, _, _) = $0 { text } else { nil } }
            : stageDeeds(on: platform).compactMap { if case .said(let text) = $0 { text } else { nil } }
        return texts.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private func stageDeeds(on platform: Platform) -> [StageCast.Deed] {
        switch platform {
        case .twitch: twitch.deeds.compactMap { if case .deleted(let id, _) = $0 { .deleted(id) } else { nil } }
        case .youtube: youTube.deeds
        case .kick: kick.deeds
        case .trovo: trovo.deeds
        case .discord: discord.deeds
        }
    }

    package var credentials: JSON {
        let own = twitch.credentials, there = twitch.endpoints
        return [
            "twitch": [
                "client_id": .string(own.clientID.exposed), "token": .string(own.token.exposed),
                "user_id": .string(own.userID), "login": .string(own.login), "api": .string(there.api),
                "event_sub": .string(there.eventSub), "irc": .string(there.irc),
            ],
            "youtube": [
                "token": .string(youTube.token), "user_id": .string(FakeYouTube.channelID(youTube.bot)),
                "api": .string(youTube.endpoints.api), "quota_units": 1_000_000,
            ],
            "kick": [
                "token": .string(kick.token), "user_id": .string(kick.bot.id), "api": .string(kick.endpoints.api),
            ],
            "trovo": [
                "client_id": .string(trovo.clientID), "token": .string(trovo.token),
                "user_id": .string(trovo.bot.id), "api": .string(trovo.endpoints.api),
                "socket": .string(trovo.endpoints.socket),
            ],
            "discord": [
                "token": .string(discord.token), "user_id": .string(discord.bot.id),
                "api": .string(discord.endpoints.api), "socket": .string(discord.endpoints.socket),
            ],
        ]
    }

    package func carryWebhooks(to address: String) async { await kick.carryWebhooks(to: address) }
}

extension FakeKick {
    /// Brings its webhooks to a server, until it stops.
    package func carryWebhooks(to address: String) async {
        guard let url = URL(string: address + "/v1/webhooks/kick") else { return }
        await send { delivery in
            var request = URLRequest(url: url)
            request.httpMethod = "POST"
            request.httpBody = Data(delivery.body)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            for (name, value) in delivery.headers { request.setValue(value, forHTTPHeaderField: name) }
            _ = try? await URLSession.shared.data(for: request)
        }
    }
}
