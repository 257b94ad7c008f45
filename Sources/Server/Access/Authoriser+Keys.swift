import Domain
import Runtime

extension Authoriser {
    /// Whether the caller may make such a key; `keys:edit` is asked for besides.
    ///
    /// Nobody can give what they do not have, and nobody but a system admin makes system keys or reaches into another
    /// account. A key keeps what it was given when its maker loses it: revoke it then.
    package static func allow(_ new: NewAPIKey, by caller: Caller) throws(Forbidden) {
        try require(.keysEdit, caller)
        guard new.kind == .user || caller.isSystemAdmin else {
            throw Forbidden("only a system admin can create system keys: create a user key")
        }
        guard new.account == caller.account || caller.isSystemAdmin else {
            throw Forbidden("only a system admin can create keys for another account: leave account_id out")
        }
        let missing = new.permissions.filter { !caller.holds($0) }.map(\.rawValue).sorted()
        guard missing.isEmpty else {
            let names = missing.joined(separator: ", ")
            throw Forbidden("you can only grant permissions that you hold yourself: leave out \(names)")
        }
    }

    /// Whether the caller may see or revoke this key: a foreign one looks the same as none.
    package static func reaches(_ key: APIKey, _ caller: Caller) -> Bool {
        caller.isSystemAdmin || (key.kind == .user && key.account == caller.account)
    }
}
