import Domain
import Synchronization

/// Where messages that the server took in reach the ears of a worker in the same process.
package final class KickInbox: Sendable {
    private let reader = Mutex<(@Sendable (ChatMessage) async -> Void)?>(nil)

    package init() {}

    /// Lost when nobody listens: nobody would act on it.
    package func put(_ message: ChatMessage) async { await reader.withLock { $0 }?(message) }

    func attach(_ read: @escaping @Sendable (ChatMessage) async -> Void) { reader.withLock { $0 = read } }

    func detach() { reader.withLock { $0 = nil } }
}
