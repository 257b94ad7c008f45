import Domain
import Synchronization
import Worker

/// A line of a rehearsed chat that is an event: `{"event": "twitch:raid", "user"?, "data"?, "at"?, "channel_id"?}`.
struct RehearsedEvent {
    /// nil for any other line.
    let event: PlatformEvent?

    init(_ line: LineFile.Line, account: AccountID) throws {
        guard case .text(let bytes) = line, bytes.first == UInt8(ascii: "{"),
            let json = try? JSONParser.parse(bytes), json["event"] != nil
        else {
            event = nil
            return
        }
        var reader = ObjectReader(json)
        let name = reader.choice("event", of: PlatformEvent.Name.self)
        let at = reader.moment("at") ?? WallClock.system.now
        let channel = reader.string("channel_id", lengthMin: 1, lengthMax: 256) ?? "channel"
        let data = reader.value("data") ?? .emptyObject
        if data.members == nil { reader.fail("data", "wrong_type", "must be an object, not \(data.kindName)") }
        let user = reader.value("user").flatMap { Self.user($0, &reader) }
        let known = reader.require("event", name)
        try reader.finish()
        event = known.map { name in
            PlatformEvent(
                name.kind, in: ChatChannel(platform: name.platform, accountID: account, id: channel), id: "event",
                user: user, at: at, data: data)
        }
    }

    private static func user(_ json: JSON, _ outer: inout ObjectReader) -> ChatUser? {
        var reader = ObjectReader(json, path: "user")
        let login = reader.string("login", lengthMin: 1, lengthMax: 256)
        let id = reader.string("id", lengthMin: 1, lengthMax: 256), name = reader.string("name", lengthMax: 256)
        let known = reader.require("login", login)
        reader.refuseUnknown()
        outer.add(reader.failures)
        return known.map { ChatUser(id: id ?? $0, login: $0, name: name ?? $0) }
    }
}

/// A value that is known later than whoever asks for it.
final class Holder<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    var value: Value? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
