import Domain
import Platforms
import Synchronization
import Testing

/// Listens in the background of a test, and keeps what it hears.
final class EarLog: Sendable {
    private let heard = Mutex<[ChatEvent]>([])

    var events: [ChatEvent] { heard.withLock { $0 } }

    var texts: [String] { messages.map(\.text) }

    var messages: [ChatMessage] {
        events.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    var losses: [String] {
        events.compactMap { if case .lost(_, let reason) = $0 { reason } else { nil } }
    }

    var refusals: [String] {
        events.compactMap { if case .refused(_, let reason) = $0 { reason } else { nil } }
    }

    var happened: [PlatformEvent] {
        events.compactMap { if case .happened(let event) = $0 { event } else { nil } }
    }

    var unheard: [PlatformEvent.Kind] {
        events.compactMap { if case .unheard(_, let name, _) = $0 { name } else { nil } }
    }

    func aliveCount(_ channelID: String) -> Int {
        events.count { if case .alive(let channel, _) = $0 { channel.id == channelID } else { false } }
    }

    func take(_ event: ChatEvent) { heard.withLock { $0.append(event) } }

    /// Runs `body` while somebody listens; returns when the listener has ended.
    func during(_ ears: some ChatListening, _ body: () async throws -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await ears.listen { self.take($0) } }
            do {
                try await body()
            } catch {
                Issue.record(error)
            }
            group.cancelAll()
        }
    }
}
