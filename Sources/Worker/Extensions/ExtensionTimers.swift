import Domain
import Logging
import ServiceLifecycle

/// Calls the timers of extensions, one for each install and account however many workers there are: it is with the
/// worker that has the lease of the account's first bot that may act.
///
/// A timer that is won, or whose install runs again, starts over: nothing that was missed is made up for.
final class ExtensionTimers: Service {
    static let interval = Duration.seconds(1)

    private struct Key: Hashable {
        let install: InstallID, trigger: String, channel: ChatChannel, everySeconds: Int, stops: Int
    }

    private struct Wanted {
        let hit: TriggerHit, bot: BotName
    }

    private let live: LiveSet
    private let leases: LeaseHolder
    private let authority: any LeaseAuthority
    private let modules: ModuleCache
    private let clock: MonotonicClock
    private let logger: Logger
    private let fire: @Sendable (TriggerHit, ChatChannel) -> Void

    init(
        live: LiveSet, leases: LeaseHolder, authority: any LeaseAuthority, modules: ModuleCache, clock: MonotonicClock,
        logger: Logger, fire: @escaping @Sendable (TriggerHit, ChatChannel) -> Void
    ) {
        (self.live, self.leases, self.authority, self.modules) = (live, leases, authority, modules)
        (self.clock, self.logger, self.fire) = (clock, logger, fire)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var due: [Key: MonotonicClock.Instant] = [:]
            while !Task.isCancelled {
                let now = self.clock.now, wanted = self.wanted
                due = due.filter { wanted[$0.key] != nil }
                for (key, want) in wanted {
                    let rest = Duration.seconds(key.everySeconds)
                    guard let at = due[key], at <= now else {
                        due[key] = due[key] ?? now + rest
                        continue
                    }
                    due[key] = at + rest > now ? at + rest : now + rest
                    await self.fire(want, in: key.channel)
                }
                try? await self.clock.sleep(for: Self.interval)
            }
        }
    }

    private var wanted: [Key: Wanted] {
        let held = leases.held
        var wanted: [Key: Wanted] = [:]
        for bot in held.keys {
            guard let table = modules.programs(of: bot.account).triggers, !table.timers.isEmpty,
                let channel = live.firstChannel(of: bot.account), channel.platform == bot.platform
            else { continue }
            for (hit, seconds) in table.timers {
                let key = Key(
                    install: hit.install.id, trigger: hit.trigger.id, channel: channel, everySeconds: seconds,
                    stops: hit.install.stops)
                wanted[key] = Wanted(hit: hit, bot: bot)
            }
        }
        return wanted
    }

    /// Asks once more whether the bot is still this worker's: it may have stood still since it was told so.
    private func fire(_ want: Wanted, in channel: ChatChannel) async {
        guard let lease = leases.lease(want.bot) else { return }
        do {
            guard try await authority.holds(want.bot, lease.fence) else { return }
        } catch {
            return logger.warning(
                "a timer does not run: nobody says whether the bot is still ours",
                metadata: ["bot": "\(want.bot)", "error": "\(error)"])
        }
        fire(want.hit, channel)
    }
}

extension LiveSet {
    /// Where the first of an account's bots is that may act, in the order of platforms.
    fileprivate func firstChannel(of account: AccountID) -> ChatChannel? {
        for platform in Platform.allCases where mayAct(account, on: platform) {
            guard let id = read({ $0.set.tenant(account)?.bot(on: platform)?.connection?.channelID }) else { continue }
            return ChatChannel(platform: platform, accountID: account, id: id)
        }
        return nil
    }
}
