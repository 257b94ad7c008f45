import Domain

/// When the commands of one channel may be called again, by anybody and by each user.
package struct CommandCooldowns: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// So many answers within `span`, whatever the commands say: viewers must not make a bot fill its channel, nor
    /// spend what it may say.
    package static let answersMax = 20
    package static let span = Duration.seconds(60)
    /// When more than this rest, those are let off that would rest the shortest.
    package static let restsMax = 5_000

    /// nobody in particular: the command itself rests.
    private struct Key: Hashable {
        let name: CommandName, userID: String?
    }

    private struct Rest {
        let since: Instant, until: Instant
    }

    private var rests: [Key: Rest] = [:]
    private var answers: [Instant] = []

    package init() {}

    /// How much is remembered.
    package var count: Int { rests.count + answers.count }

    /// Whether the call is to be answered; if so, it is remembered.
    package mutating func take(
        _ name: CommandName, _ command: BotCommand.Definition, by userID: String, at now: Instant
    ) -> Bool {
        let all = Key(name: name, userID: nil), own = Key(name: name, userID: userID)
        answers.removeAll { now - $0 >= Self.span }
        // Judged by what the command says today: a cooldown that was too long by mistake is over when it is corrected.
        guard answers.count < Self.answersMax, isRested(all, command.cooldownSeconds, at: now),
            isRested(own, command.userCooldownSeconds, at: now)
        else { return false }
        answers.append(now)
        rest(all, command.cooldownSeconds, at: now)
        rest(own, command.userCooldownSeconds, at: now)
        return true
    }

    /// Lets go of what is over.
    package mutating func sweep(at now: Instant) {
        answers.removeAll { now - $0 >= Self.span }
        rests = rests.filter { $0.value.until > now }
    }

    private func isRested(_ key: Key, _ seconds: Int, at now: Instant) -> Bool {
        guard seconds > 0, let rest = rests[key] else { return true }
        return now - rest.since >= .seconds(seconds)
    }

    private mutating func rest(_ key: Key, _ seconds: Int, at now: Instant) {
        guard seconds > 0 else { return }
        rests[key] = Rest(since: now, until: now + .seconds(seconds))
        guard rests.count > Self.restsMax else { return }
        sweep(at: now)
        guard rests.count > Self.restsMax / 2 else { return }
        let middle = rests.values.map(\.until).sorted()[rests.count / 2]
        rests = rests.filter { $0.value.until >= middle || $0.key.userID == nil }
    }
}
