import Domain
import Runtime

/// What has come of one attempt to tell a webhook of an event.
package enum DeliveryAnswer: Equatable, Sendable {
    /// - Parameter retryAfterSeconds: as the receiver asks for it.
    case status(Int, retryAfterSeconds: Double? = nil)
    /// Nobody answers, or not in time.
    case unreachable(String)
    /// It must not be sent there at all.
    case forbidden(String)
}

/// Decides what follows from an answer: go on, try again, or park. It reads no clock and sends nothing.
package struct DeliverySchedule: Sendable {
    /// A receiver who refuses a message keeps it up so many times before the message is parked.
    package static let refusalsMax = 6
    /// So many messages parked in a row say that the fault is the webhook's.
    package static let parkedInRowMax = 10
    package static let parkedMax = 1_000
    /// After so long nothing is tried any more.
    package static let failingSecondsMax = 86_400.0
    package static let pauseSecondsMax = 3_600.0

    package enum Step: Equatable, Sendable {
        /// It was told.
        case next
        case again
        /// The event goes to the parked ones, and the next is tried.
        case parkEvent(String)
        /// Nothing is tried any more.
        case parkWebhook
    }

    /// - Parameters:
    ///   - position: of the event that was sent.
    ///   - parkedCount: of the webhook's events.
    ///   - spread: from 0 to 1, so that many do not come back at once.
    /// - Returns: what to do, and how the webhook stands with it.
    package static func step(
        after answer: DeliveryAnswer, at position: Int, _ before: Webhook.Progress, parkedCount: Int,
        spread: Double, now: Timestamp
    ) -> (step: Step, progress: Webhook.Progress) {
        var progress = before
        if case .status(let status, _) = answer, (200..<300).contains(status) {
            progress.restart()
            (progress.position, progress.deliveredAt) = (position, now)
            return (.next, progress)
        }
        progress.attempts += 1
        progress.failingSince = before.failingSince ?? now
        progress.problem = answer.problem
        if answer.isFinal || now.seconds(since: progress.failingSince ?? now) >= failingSecondsMax {
            progress.state = .parked
            return (.parkWebhook, progress)
        }
        guard answer.isRefusal, progress.attempts >= refusalsMax else {
            progress.nextAttemptAt = now.adding(seconds: pause(progress.attempts, answer, spread))
            return (.again, progress)
        }
        progress.parkedInRow += 1
        guard progress.parkedInRow < parkedInRowMax, parkedCount < parkedMax else {
            progress.state = .parked
            return (.parkWebhook, progress)
        }
        (progress.position, progress.attempts, progress.nextAttemptAt) = (position, 0, nil)
        return (.parkEvent(answer.problem), progress)
    }

    /// Twice as long each time, with a spread, and never shorter than the receiver asks for.
    private static func pause(_ attempts: Int, _ answer: DeliveryAnswer, _ spread: Double) -> Double {
        let doubled = min(pauseSecondsMax, Double(1 << min(attempts - 1, 20)))
        let asked = if case .status(_, let seconds?) = answer { seconds } else { 0.0 }
        return max(doubled * (0.5 + spread / 2), min(asked, pauseSecondsMax))
    }
}

extension DeliveryAnswer {
    /// For people, without anything that the receiver has said.
    var problem: String {
        switch self {
        case .status(let status, _): "it answers \(status)"
        case .unreachable(let reason), .forbidden(let reason): reason
        }
    }

    /// Gone (410), or never to be sent to.
    fileprivate var isFinal: Bool {
        switch self {
        case .status(let status, _): status == 410
        case .forbidden: true
        case .unreachable: false
        }
    }

    /// The message is refused, rather than the receiver down: redirects and client errors that trying again will not
    /// change.
    fileprivate var isRefusal: Bool {
        guard case .status(let status, _) = self else { return false }
        return (300..<500).contains(status) && ![408, 425, 429].contains(status)
    }
}
