import Domain

extension Caller {
    /// The one account that the caller can reach; nil for operators, systems and system admins, who reach all.
    package var ownAccount: AccountID? { isSystemAdmin ? nil : account }
}

extension Authoriser {
    /// On operators' paths: a caller who acts for an account reaches only that one.
    package static func requireReach(_ account: AccountID, _ caller: Caller) throws(AccountNotFound) {
        guard caller.ownAccount == nil || caller.ownAccount == account else { throw AccountNotFound(account: account) }
    }

    /// The account that a filter is limited to: the caller's own, or the one that was asked for.
    package static func scope(_ requested: AccountID?, _ caller: Caller) throws(AccountNotFound) -> AccountID? {
        guard let requested else { return caller.ownAccount }
        try requireReach(requested, caller)
        return requested
    }
}
