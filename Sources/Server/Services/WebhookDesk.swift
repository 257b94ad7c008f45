import Domain
import Synchronization

/// Where that goes which platforms send by themselves. Nobody takes it before it was said who does.
package final class WebhookDesk: Sendable {
    /// What became of one webhook.
    package enum Result: Equatable, Sendable {
        case taken
        /// It was here before.
        case repeated
        /// It is the platform's, but nothing is to be done about it.
        case ignored(reason: String)
        /// It is not the platform's, or too old.
        case refused(reason: String)
        /// The platform shall send it again.
        case unavailable(reason: String)
    }

    /// - Parameters:
    ///   - header: the value of a header by its name.
    ///   - body: as it came.
    package typealias Receiver = @Sendable (_ header: (String) -> String?, _ body: [UInt8]) async -> Result

    private let receivers = Mutex<[Platform: Receiver]>([:])

    package func set(_ platform: Platform, _ receive: @escaping Receiver) {
        receivers.withLock { $0[platform] = receive }
    }

    func receiver(of platform: Platform) -> Receiver? { receivers.withLock { $0[platform] } }
}
