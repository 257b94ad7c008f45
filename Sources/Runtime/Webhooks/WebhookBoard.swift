import Domain
import Synchronization

/// The webhooks and what is parked of each, as they stand in memory; the file has them with the next batch.
final class WebhookBoard: Sendable {
    struct Entry: Equatable, Sendable {
        var webhook: Webhook
        /// By position.
        var parked: [Int: ParkedDelivery] = [:]
    }

    private struct State {
        var entries: [String: Entry]
        var unsaved: Set<String> = []
    }

    private let state: Mutex<State>

    init(_ entries: [String: Entry]) {
        state = Mutex(State(entries: entries))
    }

    var all: [Entry] {
        state.withLock { state in
            state.entries.values.sorted { left, right in
                (left.webhook.createdAt, left.webhook.id) < (right.webhook.createdAt, right.webhook.id)
            }
        }
    }

    func entry(_ id: String) -> Entry? { state.withLock { $0.entries[id] } }

    /// - Returns: false when there are so many already.
    func add(_ webhook: Webhook, countMax: Int) -> Bool {
        state.withLock { state in
            guard state.entries.count < countMax else { return false }
            state.entries[webhook.id] = Entry(webhook: webhook)
            return true
        }
    }

    func remove(_ id: String) -> Entry? { state.withLock { $0.entries.removeValue(forKey: id) } }

    /// - Returns: how it stands afterwards; nil when there is none of this id.
    func update(_ id: String, _ change: (inout Entry) -> Void) -> Entry? {
        state.withLock { state in
            guard var entry = state.entries[id] else { return nil }
            change(&entry)
            if entry != state.entries[id] {
                state.entries[id] = entry
                state.unsaved.insert(id)
            }
            return entry
        }
    }

    func takeUnsaved() -> [Entry] {
        state.withLock { state in
            defer { state.unsaved = [] }
            return state.unsaved.compactMap { state.entries[$0] }
        }
    }

    func putBack(_ entries: [Entry]) {
        state.withLock { $0.unsaved.formUnion(entries.map(\.webhook.id)) }
    }
}
