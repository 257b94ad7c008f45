import Domain
import NIOCore
import Projections
import Runtime

/// A change as an open page hears of it: what it is about; of a bot its whole row.
struct LiveChange: Sendable {
    private let kind: String
    private let account: AccountID?
    private let bytes: ByteBuffer

    init(_ change: FeedChange, _ readModels: ReadModels, _ runtime: RuntimeStore) {
        kind = change.kind.rawValue
        account = Self.account(change)
        var writer = JSONWriter(capacityBytes: 512)
        let kind = kind
        writer.object { object in
            object.member("kind", kind)
            object.member("key", change.key)
            object.member("position", change.id.position)
            object.name("row")
            if let row = Self.row(change, readModels),
                let providers = try? ProviderSwitches(readModels, of: [row.platform])
            {
                row.encode(providers, runtime, into: &object)
            } else {
                object.null()
            }
        }
        var buffer = ByteBuffer(string: "event: change\ndata: ")
        buffer.writeBytes(writer.bytes)
        buffer.writeString("\n\n")
        bytes = buffer
    }

    /// nil: the reader may not see it.
    func told(to caller: Caller) -> ByteBuffer? {
        guard let permissions = Self.permissions[kind], permissions.contains(where: caller.holds) else { return nil }
        if let own = caller.ownAccount, let account, account != own { return nil }
        return bytes
    }

    private static let permissions: [String: [Permission]] = [
        "account": [.botControlRead, .accountsRead], "bot": [.botControlRead],
        "provider": [.providersRead, .botControlRead], "bot_module": [.botModulesRead],
        "extension": [.extensionsRead, .extensionsReview], "extension_install": [.botModulesRead],
        "guild": [.discordGuildsRead], "bot_command": [.botCommandsRead, .globalCommandsRead],
    ]

    private static func row(_ change: FeedChange, _ readModels: ReadModels) -> StatusRow? {
        guard change.kind.rawValue == "bot", let account = account(change),
            let platform = Platform(rawValue: String(change.key.split(separator: ":").last ?? ""))
        else { return nil }
        return try? readModels.status(account, platform)
    }

    /// nil for what belongs to none.
    private static func account(_ change: FeedChange) -> AccountID? {
        switch change.kind.rawValue {
        case "bot", "bot_module", "account":
            AccountID(stored: String(change.key.split(separator: ":").first ?? ""))
        case "bot_command":
            CommandScope(stored: String(change.key.split(separator: ":").first ?? "")).account
        case "extension_install", "guild":
            change.value.flatMap { try? JSONParser.parse($0) }?["account_id"]?.string.map(AccountID.init(stored:))
        default: nil
        }
    }
}

/// What pages hear: `state`, `change`, `refresh`.
enum LiveEvents {
    /// More has changed than is worth telling one by one: read it anew.
    static let refresh = ByteBuffer(string: "event: refresh\ndata: {}\n\n")

    static func changes(_ changes: [LiveChange], for caller: Caller) -> ByteBuffer? {
        var buffer = ByteBuffer()
        for change in changes {
            if var bytes = change.told(to: caller) { buffer.writeBuffer(&bytes) }
        }
        return buffer.readableBytes == 0 ? nil : buffer
    }

    /// `{"position", "at", "workers": [[position, how many]], "silent"}`
    static func state(_ fleet: Fleet, _ position: Int, at now: Timestamp) -> ByteBuffer {
        var writer = JSONWriter(capacityBytes: 128)
        writer.object { object in
            object.member("position", position)
            object.member("at", now.description)
            object.name("workers")
            object.array { array in
                for (applied, count) in fleet.applied.sorted(by: { $0.key < $1.key }) {
                    array.array {
                        $0.integer(applied)
                        $0.integer(count)
                    }
                }
            }
            object.member("silent", fleet.silent)
        }
        var buffer = ByteBuffer(string: "event: state\ndata: ")
        buffer.writeBytes(writer.bytes)
        buffer.writeString("\n\n")
        return buffer
    }
}
