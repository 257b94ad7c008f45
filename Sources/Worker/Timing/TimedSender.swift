import BotModules
import Domain
import Logging
import ServiceLifecycle
import Synchronization

/// Sends the timed messages of the bots that are this worker's.
///
/// A bot that is won, or that may act again after a pause, starts over: nothing that was missed is made up for.
package final class TimedSender: Service {
    static let interval = Duration.seconds(1)

    package struct Configuration: Sendable {
        package var worker: String
        package var wallClock = WallClock.system
        package var clock = MonotonicClock.system
        package var logger = Logger(label: "botcontrol.timers")

        package init(worker: String) {
            self.worker = worker
        }
    }

    /// One bot's messages, in its one channel.
    private struct Timer {
        let channel: ChatChannel
        var settings: TimedMessages.Settings
        var schedule: TimedSchedule
    }

    private let configuration: Configuration
    private let live: LiveSet
    private let leases: LeaseHolder
    private let authority: any LeaseAuthority
    private let act: @Sendable ([PendingAction]) -> Void
    private let modules: ModuleCache
    private let timers = Mutex<[BotName: Timer]>([:])
    /// Rings when a line of chat has opened the way for a message.
    private let doorbell = Doorbell()

    package init(
        _ configuration: Configuration, live: LiveSet, leases: LeaseHolder, authority: any LeaseAuthority,
        act: @escaping @Sendable ([PendingAction]) -> Void
    ) {
        (self.configuration, self.live, self.leases) = (configuration, live, leases)
        (self.authority, self.act) = (authority, act)
        modules = ModuleCache(live: live)
    }

    /// Counts a line of chat.
    package func lineSaid(_ message: ChatMessage) {
        let bot = BotName(message.channel.accountID, on: message.channel.platform)
        let isDue = timers.withLock { timers in
            guard timers[bot]?.channel == message.channel else { return false }
            return timers[bot]?.schedule.countLine(of: message.author) ?? false
        }
        if isDue { doorbell.ring() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let rings = self.doorbell.count
                await self.sendDue()
                await self.rest(beyond: rings)
            }
        }
    }

    private func rest(beyond rings: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [doorbell] in await doorbell.wait(beyond: rings) }
            group.addTask { [clock = configuration.clock] in try? await clock.sleep(for: Self.interval) }
            await group.next()
            group.cancelAll()
        }
    }

    private func sendDue() async {
        let now = configuration.wallClock.now
        let wanted = self.wanted
        let due: [(BotName, ChatChannel, String)] = timers.withLock { timers in
            timers = timers.filter { wanted[$0.key]?.channel == $0.value.channel }
            for (bot, want) in wanted { Self.update(&timers[bot], want.channel, want.settings, at: now) }
            return timers.keys.compactMap { bot in
                timers[bot]?.schedule.next(at: now).text.flatMap { text in timers[bot].map { (bot, $0.channel, text) } }
            }
        }
        for (bot, channel, text) in due { await send(text, of: bot, in: channel, at: now) }
    }

    private static func update(
        _ timer: inout Timer?, _ channel: ChatChannel, _ settings: TimedMessages.Settings, at now: Timestamp
    ) {
        if timer == nil {
            timer = Timer(channel: channel, settings: settings, schedule: TimedSchedule(settings, at: now))
        } else if timer?.settings != settings {
            timer?.schedule.update(settings, at: now)
            timer?.settings = settings
        }
    }

    /// Who has messages to send, is this worker's, and may act. A bot that may not is forgotten, and so starts over.
    private var wanted: [BotName: (channel: ChatChannel, settings: TimedMessages.Settings)] {
        let set = live.read { $0.set }
        var wanted: [BotName: (channel: ChatChannel, settings: TimedMessages.Settings)] = [:]
        for bot in leases.held.keys where live.mayAct(bot.account, on: bot.platform) {
            guard let tenant = set.tenant(bot.account), tenant.module(.timedMessages)?.isEnabled == true,
                let channelID = tenant.bot(on: bot.platform)?.connection?.channelID,
                let settings = modules.modules(of: bot.account).timed, !settings.messages.isEmpty
            else { continue }
            let channel = ChatChannel(platform: bot.platform, accountID: bot.account, id: channelID)
            wanted[bot] = (channel, settings)
        }
        return wanted
    }

    /// Asks once more whether the bot is still this worker's: it may have stood still since it was told so.
    private func send(_ text: String, of bot: BotName, in channel: ChatChannel, at now: Timestamp) async {
        guard let lease = leases.lease(bot) else { return }
        do {
            guard try await authority.holds(bot, lease.fence) else { return }
        } catch {
            return configuration.logger.warning(
                "a timed message is not sent: nobody says whether the bot is still ours",
                metadata: ["bot": "\(bot)", "error": "\(error)"])
        }
        let record = ModerationRecord(
            at: now, worker: configuration.worker, channel: channel, messageID: "",
            author: ChatUser(id: "bot", login: "bot", name: "bot", roles: .ownBot), text: text,
            module: ModuleName.timedMessages.rawValue, rule: "messages", action: .say, reason: "it was due",
            outcome: .observed)
        act([
            PendingAction(.say(text: text, replyTo: nil), record: record, decidedAt: configuration.clock.now)
        ])
    }
}
