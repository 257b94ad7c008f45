import Domain

/// What an extension's permissions mean to who grants them.
enum PermissionWords {
    static func view(_ permission: String) -> View {
        ["name": permission, "help": help(permission), "is_grave": permission == "chat:ban"]
    }

    private static func help(_ permission: String) -> String {
        switch ExtensionPermission(rawValue: permission) {
        case .chatSend: "writes in your chat, in the bot's name"
        case .chatDelete: "deletes messages"
        case .chatTimeout: "silences and warns people"
        case .chatBan: "bans people for good"
        case .storage: "keeps data of its own"
        case .network: "talks to other servers"
        case nil: "something new: ask its author"
        }
    }
}
