import Domain

extension FeedMessage {
    /// What the events of one piece of the stream say, in their order; changes that came together stay together.
    static func messages(_ events: [ServerSentEvent]) throws(FeedFailure) -> [FeedMessage] {
        var messages: [FeedMessage] = []
        var changes: [FeedChange] = []
        for event in events {
            switch event.type {
            case "put", "delete": changes.append(try read(event, BrokenEnvelope.change))
            case "intent", "bookmark":
                collect(&changes, into: &messages)
                messages.append(.bookmark(try read(event, FeedHead.init)))
            case "reset":
                collect(&changes, into: &messages)
                messages.append(.reset)
            default: break
            }
        }
        collect(&changes, into: &messages)
        return messages
    }

    private static func collect(_ changes: inout [FeedChange], into messages: inout [FeedMessage]) {
        guard !changes.isEmpty else { return }
        messages.append(.changes(changes))
        changes = []
    }

    private static func read<Value>(
        _ event: ServerSentEvent, _ read: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) throws(FeedFailure) -> Value {
        do {
            return try event.data.withUnsafeBufferPointer(read)
        } catch {
            throw .unreadable("the event \(event.type) \(event.lastEventID) of the feed cannot be read: \(error)")
        }
    }
}
