import Domain
import Logging
import Platforms
import ServiceLifecycle

/// Hears the chat of the bots that are this worker's on one platform.
///
/// A bot that may not act hears nothing either: it leaves its channel when it is paused, and comes back afterwards.
package final class ChatListener: Service {
    private let platform: Platform
    private let ears: any ChatListening
    private let live: LiveSet
    private let leases: LeaseHolder
    private let moderator: Moderator
    private let clock: MonotonicClock
    private let happened: @Sendable (PlatformEvent) -> Void
    private let wantedEvents: @Sendable (AccountID) -> Set<PlatformEvent.Kind>
    private let hears: @Sendable (ChatChannel, Timestamp, _ trouble: String?) -> Void
    private let wallClock: WallClock
    private let logger: Logger

    package init(
        _ platform: Platform, _ ears: any ChatListening, live: LiveSet, leases: LeaseHolder, moderator: Moderator,
        clock: MonotonicClock = .system, happened: @escaping @Sendable (PlatformEvent) -> Void = { _ in },
        wantedEvents: @escaping @Sendable (AccountID) -> Set<PlatformEvent.Kind> = { _ in [] },
        hears: @escaping @Sendable (ChatChannel, Timestamp, _ trouble: String?) -> Void,
        wallClock: WallClock = .system, logger: Logger
    ) {
        (self.platform, self.ears, self.live, self.leases) = (platform, ears, live, leases)
        (self.moderator, self.clock, self.logger) = (moderator, clock, logger)
        (self.happened, self.wantedEvents) = (happened, wantedEvents)
        (self.hears, self.wallClock) = (hears, wallClock)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.ears.listen { self.take($0) } }
                group.addTask { await self.keepRooms() }
                await group.waitForAll()
            }
        }
    }

    private func take(_ event: ChatEvent) {
        switch event {
        case .message(let message): moderator.receive(message)
        case .happened(let event): happened(event)
        case .unheard(let channel, let kind, let reason):
            logger.warning(
                "an event cannot be heard: extensions are not called for it",
                metadata: [
                    "channel": "\(channel.id)", "event": "\(PlatformEvent.Name(platform, kind).rawValue)",
                    "reason": "\(reason)",
                ])
        case .alive(let channel, let moment): hears(channel, moment, nil)
        case .lost(let channel, let reason):
            logger.warning("a chat is not heard", metadata: ["channel": "\(channel.id)", "reason": "\(reason)"])
            hears(channel, wallClock.now, reason)
        case .refused(let channel, let reason):
            logger.error("a chat cannot be heard", metadata: ["channel": "\(channel.id)", "reason": "\(reason)"])
            hears(channel, wallClock.now, reason)
        }
    }

    /// Joins and leaves as leases and the active set change.
    private func keepRooms() async {
        var joined: [BotName: ChatChannel] = [:], told: [BotName: Set<PlatformEvent.Kind>] = [:]
        while !Task.isCancelled {
            let rings = (live.doorbell.count, leases.doorbell.count)
            let wanted = self.wanted
            for (bot, channel) in joined where wanted[bot]?.channel != channel {
                ears.leave(channel.id)
                (joined[bot], told[bot]) = (nil, nil)
            }
            for (bot, room) in wanted where joined[bot] == nil {
                ears.join(room.channel, login: room.login)
                joined[bot] = room.channel
            }
            for bot in joined.keys {
                let events = wantedEvents(bot.account)
                guard events != told[bot, default: []] else { continue }
                joined[bot].map { ears.want(events, in: $0.id) }
                told[bot] = events
            }
            await rest(beyond: rings)
        }
    }

    private var wanted: [BotName: (channel: ChatChannel, login: String)] {
        let set = live.read { $0.set }
        var wanted: [BotName: (channel: ChatChannel, login: String)] = [:]
        for bot in leases.held.keys where bot.platform == platform && live.mayAct(bot.account, on: platform) {
            guard let connection = set.tenant(bot.account)?.bot(on: platform)?.connection else { continue }
            let channel = ChatChannel(platform: platform, accountID: bot.account, id: connection.channelID)
            wanted[bot] = (channel, connection.channelName.lowercased())
        }
        return wanted
    }

    /// The feed may also be lost, which nobody rings for.
    private func rest(beyond rings: (live: Int, leases: Int)) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [live] in await live.doorbell.wait(beyond: rings.live) }
            group.addTask { [leases] in await leases.doorbell.wait(beyond: rings.leases) }
            group.addTask { [clock] in try? await clock.sleep(for: .seconds(1)) }
            await group.next()
            group.cancelAll()
        }
    }
}
