import Domain
import Synchronization

/// Who has called which command lately, and rests.
final class Cooldowns: Sendable {
    private struct Key: Hashable {
        let install: InstallID, trigger: String, channel: ChatChannel, user: String
    }

    /// When so many are remembered, those that are over are forgotten.
    private static let countMax = 10_000

    private let resting = Mutex<[Key: MonotonicClock.Instant]>([:])

    /// False while the user still rests; else it begins anew.
    func take(_ hit: TriggerHit, by message: ChatMessage, at now: MonotonicClock.Instant) -> Bool {
        guard case .command(_, _, let seconds) = hit.trigger.condition, seconds > 0 else { return true }
        let key = Key(
            install: hit.install.document.installID, trigger: hit.trigger.id, channel: message.channel,
            user: message.author.id)
        return resting.withLock { resting in
            if let until = resting[key], until > now { return false }
            if resting.count >= Self.countMax { resting = resting.filter { $0.value > now } }
            resting[key] = now + .seconds(seconds)
            return true
        }
    }

    func sweep(at now: MonotonicClock.Instant) {
        resting.withLock { resting in resting = resting.filter { $0.value > now } }
    }
}
