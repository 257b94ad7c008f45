import Domain
import Synchronization

/// What one of Kick's webhooks tells.
package enum KickNews: Equatable, Sendable {
    case message(ChatMessage)
    case event(PlatformEvent)

    package var channel: ChatChannel {
        switch self {
        case .message(let message): message.channel
        case .event(let event): event.channel
        }
    }
}

/// Where that which the server took in reaches the ears of a worker in the same process.
package final class KickInbox: Sendable {
    private let reader = Mutex<(@Sendable (KickNews) async -> Void)?>(nil)

    package init() {}

    /// Lost when nobody listens: nobody would act on it.
    package func put(_ news: KickNews) async { await reader.withLock { $0 }?(news) }

    func attach(_ read: @escaping @Sendable (KickNews) async -> Void) { reader.withLock { $0 = read } }

    func detach() { reader.withLock { $0 = nil } }
}
