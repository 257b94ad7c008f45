import Domain

/// Whose modules a page is about: the visitor's own account, or the one that its address names.
struct AccountChoice: Sendable {
    /// nil: nobody has said, and the page asks.
    let account: AccountID?
    /// The visitor may choose.
    let isOpen: Bool

    /// - Throws: what the API answers to a name that is none, or another's.
    init(_ visit: Visit) throws {
        let named = visit.form["account_id"] ?? visit.query["account_id"]
        isOpen = visit.caller.account == nil || visit.caller.isSystemAdmin
        if let named {
            guard let id = AccountID(rawValue: named) else {
                throw ValidationFailed(path: "account_id", code: "not_allowed", message: AccountID.rule)
            }
            account = try Authoriser.account(for: visit.caller, requested: id)
        } else {
            account = visit.caller.account
        }
    }

    /// - Throws: `Forbidden` for a visitor of no account who may name none, `ValidationFailed` for others.
    func require(_ visit: Visit) throws -> AccountID {
        if let account { return account }
        return try Authoriser.account(for: visit.caller, requested: nil)
    }

    /// For the operations' queries: what the visitor has of its own is not named.
    func parameter(_ visit: Visit) -> String? { account == visit.caller.account ? nil : account?.rawValue }

    /// What an address of this account's pages goes on with.
    func items(_ visit: Visit) -> [(key: String, value: String?)] { [("account_id", parameter(visit))] }

    func view(_ visit: Visit) -> View {
        var view: View = ["may_choose": isOpen, "account_query": PercentEncoding.query(items(visit))]
        view["account"] = account?.rawValue
        view["account_named"] = parameter(visit)
        return view
    }
}
