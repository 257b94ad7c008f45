import EventStore

extension StreamID {
    static func bot(_ number: Int = 1, account: String? = nil) -> StreamID {
        StreamID(category: "bot", key: "a\(number):twitch", account: account)
    }
}

extension NewEvent {
    static func sample(
        _ type: String = "bot.paused", data: String = #"{"reason":"spam"}"#, actor: String = "u1"
    ) -> NewEvent {
        NewEvent(
            type: type, schemaVersion: 1, data: Array(data.utf8),
            metadata: Array(#"{"actor":{"id":"\#(actor)"}}"#.utf8))
    }
}

extension [NewEvent] {
    /// Events that can be told apart by their data.
    static func numbered(_ numbers: Range<Int>) -> [NewEvent] {
        numbers.map { .sample(data: #"{"number":\#($0)}"#) }
    }
}

extension Hash {
    init(text: String) {
        self.init(of: Array(text.utf8))
    }
}

extension IdempotencyRecord {
    static func sample(_ key: String, fingerprint: String = "body", status: Int = 200) -> IdempotencyRecord {
        IdempotencyRecord(key: Hash(text: key), fingerprint: Hash(text: fingerprint), status: status) {
            Array(#"{"position":\#($0.position)}"#.utf8)
        }
    }
}
