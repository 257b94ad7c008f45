import BotModules
import Domain
import Logging
import ServiceLifecycle
import Synchronization

/// Answers the lines that call a command of the registry. It waits for nothing, but for what only others know: how
/// often a command was used, and since when a channel is live.
final class CommandDesk: Sendable {
    struct Configuration: Sendable {
        var worker: String
        var uses: any UseCounting
        var streams: StreamBook
        var clock: MonotonicClock
        var wallClock: WallClock
        var logger: Logger
    }

    /// What the moderation log calls the commands, beside the names of modules.
    static let moduleName = "bot_commands"
    /// What others know is waited for so long.
    static let patience = Duration.milliseconds(500)

    private let configuration: Configuration
    private let live: LiveSet
    private let act: @Sendable ([PendingAction]) -> Void
    private let rests = CommandRests()
    private let line = JobLine()

    init(_ configuration: Configuration, live: LiveSet, act: @escaping @Sendable ([PendingAction]) -> Void) {
        (self.configuration, self.live, self.act) = (configuration, live, act)
    }

    var services: [any Service] { [line] }

    /// Nothing is under way.
    var isIdle: Bool { line.count == 0 }

    /// How many rests are remembered.
    var restCount: Int { rests.count }

    /// The command that a line calls, whoever may call it; nil for nearly all lines, after a look at their first byte.
    ///
    /// Bots do not call commands: two of them could go on for ever. Nor does the new text of an old message.
    func called(by message: ChatMessage) -> ActiveCommand? {
        guard let name = CommandCall.name(in: message.text), !message.isEdit,
            message.author.roles.isDisjoint(with: [.ownBot, .bot]),
            let command = live.read({ $0.set.command(name, of: message.channel.accountID) }),
            command.definition.enabled, command.definition.platforms.contains(message.channel.platform)
        else { return nil }
        return command
    }

    /// Says what the command says, unless its caller may not call it, or one of them rests.
    func answer(_ command: ActiveCommand, to message: ChatMessage, _ receipt: MessageReceipt?) {
        let now = configuration.clock.now
        guard let answer = CommandAnswer(command.definition),
            CommandRole(message.author.roles) >= command.definition.minimumRole,
            rests.take(command, by: message, at: now)
        else { return }
        let call = Call(command: command, message: message, receipt: receipt, at: now)
        guard answer.names(.count) || answer.names(.uptime) else { return say(answer.text(values(call)), call) }
        receipt?.hold()
        let isTaken = line.put(for: message.channel.accountID) { [self] in
            say(answer.text(await inquire(answer, call)), call)
            receipt?.settle()
        }
        if !isTaken { receipt?.settle() }
    }

    func sweep() {
        let now = configuration.clock.now
        rests.sweep(at: now)
        configuration.streams.sweep(at: now)
    }

    private struct Call: Sendable {
        let command: ActiveCommand, message: ChatMessage, receipt: MessageReceipt?
        let at: MonotonicClock.Instant
    }

    private func values(_ call: Call) -> CommandAnswer.Values {
        let channel = call.message.channel
        let name = live.read { $0.set.tenant(channel.accountID)?.bot(on: channel.platform)?.connection?.channelName }
        return CommandAnswer.Values(
            user: call.message.author, channelName: name ?? "", platform: channel.platform,
            now: configuration.wallClock.now)
    }

    /// The same with what others know, as far as they say it soon.
    private func inquire(_ answer: CommandAnswer, _ call: Call) async -> CommandAnswer.Values {
        let use = CommandUse(call.command.name, in: call.message.channel.accountID)
        async let count = answer.names(.count) ? soon { try await self.configuration.uses.count(use) } : nil
        async let stream =
            answer.names(.uptime)
            ? soon { await self.configuration.streams.state(of: call.message.channel) } : nil
        var values = values(call)
        (values.count, values.stream) = (await count, await stream ?? .unknown)
        return values
    }

    private func soon<Value: Sendable>(_ ask: @escaping @Sendable () async throws -> Value) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { [logger = configuration.logger] in
                do {
                    return try await ask()
                } catch {
                    logger.warning("a command says less than it could", metadata: ["error": "\(error)"])
                    return nil
                }
            }
            group.addTask { [clock = configuration.clock] in
                try? await clock.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func say(_ text: String, _ call: Call) {
        let message = call.message, name = call.command.name
        let record = ModerationRecord(
            at: configuration.wallClock.now, worker: configuration.worker, channel: message.channel,
            messageID: message.id, author: message.author, text: message.text, module: Self.moduleName,
            rule: name.rawValue, action: .say, reason: "!\(name) was called", outcome: .observed)
        call.receipt?.hold()
        var pending = PendingAction(.say(text: text, replyTo: nil), record: record, decidedAt: call.at)
        (pending.origin, pending.receipt) = (.command(call.command), call.receipt)
        act([pending])
    }
}
