/// A kind of thing that events happen to: the part of a stream's name before the dash, and of a type's before the dot.
package enum Category: String, CaseIterable, Sendable {
    case account
    case provider
    case bot
    case botModule = "bot_module"
    case `extension`
    case extensionInstall = "extension_install"
    case guild
    case botCommand = "bot_command"
}

/// One thing that events happen to: its category, its key in the feed, and the account that it belongs to.
package struct EntityID: Hashable, Sendable {
    package let category: Category
    /// The part of the stream's name after the dash, as in `acct_1:twitch`.
    package let key: String
    package let account: AccountID?

    private init(_ category: Category, _ key: String, _ account: AccountID?) {
        (self.category, self.key, self.account) = (category, key, account)
    }

    package static func account(_ id: AccountID) -> EntityID { EntityID(.account, id.rawValue, id) }

    package static func provider(_ platform: Platform) -> EntityID { EntityID(.provider, platform.rawValue, nil) }

    package static func bot(_ account: AccountID, _ platform: Platform) -> EntityID {
        EntityID(.bot, "\(account):\(platform.rawValue)", account)
    }

    package static func botModule(_ account: AccountID, _ module: ModuleName) -> EntityID {
        EntityID(.botModule, "\(account):\(module.rawValue)", account)
    }

    package static func `extension`(_ id: ExtensionID) -> EntityID { EntityID(.extension, id.rawValue, nil) }

    /// - Parameter account: whose install it is; the key alone does not say.
    package static func extensionInstall(_ id: InstallID, of account: AccountID?) -> EntityID {
        EntityID(.extensionInstall, id.rawValue, account)
    }

    package static func botCommand(_ scope: CommandScope, _ name: CommandName) -> EntityID {
        EntityID(.botCommand, "\(scope.key):\(name)", scope.account)
    }

    /// It may pass from one account to another, so its stream belongs to none.
    package static func guild(_ id: GuildID) -> EntityID { EntityID(.guild, id.rawValue, nil) }
}

extension EntityID: CustomStringConvertible {
    /// The stream's name.
    package var description: String { "\(category.rawValue)-\(key)" }

    /// The two halves of a key such as `acct_1:twitch`; account ids hold no colon.
    package static func halves(of key: String) throws(StoredObject.Unreadable) -> (account: String, rest: String) {
        guard let colon = key.firstIndex(of: ":") else {
            throw StoredObject.Unreadable("the stream's key \(key) has no colon")
        }
        return (String(key[..<colon]), String(key[key.index(after: colon)...]))
    }
}
