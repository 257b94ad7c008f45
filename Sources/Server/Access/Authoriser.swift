import Domain

/// The caller is known but may not do this: 403.
package struct Forbidden: Error, Equatable, CustomStringConvertible {
    package static let code = "forbidden"
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}

/// The account is another's, which looks the same as none: 404.
package struct AccountNotFound: Error, Equatable, CustomStringConvertible {
    package static let code = "not_found"
    package let account: AccountID

    package var message: String { "there is no account \(account) that you can reach: check account_id" }
    package var description: String { message }
}

/// Decides who may do what, for every door alike. What is not allowed here is denied; `role` allows nothing.
package enum Authoriser {
    package static func require(_ permission: Permission, _ caller: Caller) throws(Forbidden) {
        guard caller.holds(permission) else {
            throw Forbidden("this needs the permission \(permission.rawValue): ask an administrator for it")
        }
    }

    /// The internal paths are for our programs; system admins may look too.
    package static func requireSystemKey(_ caller: Caller) throws(Forbidden) {
        guard caller.isSystemKey || caller.isSystemAdmin else {
            throw Forbidden("this is for Bot Control's own programs: use a system key (botcontrol token --system-key)")
        }
    }

    package static func requireSystemAdmin(_ caller: Caller) throws(Forbidden) {
        guard caller.isSystemAdmin else { throw Forbidden("this is for system admins: ask one") }
    }

    /// The account that a request on an account-scoped path is about.
    ///
    /// - Parameter requested: `account_id` (GraphQL `accountId`), when it was sent.
    /// - Throws: `AccountNotFound` for another's account, `Forbidden` for callers without one who may not name any,
    ///   `ValidationFailed` (`account_id`, `required`) for those who may and did not.
    package static func account(for caller: Caller, requested: AccountID?) throws -> AccountID {
        if let own = caller.account {
            guard let requested, requested != own else { return own }
            guard caller.isSystemAdmin else { throw AccountNotFound(account: requested) }
            return requested
        }
        guard caller.isSystemAdmin || caller.isSystemKey else {
            throw Forbidden("your token is for no account: sign in to one and send its token")
        }
        guard let requested else {
            throw ValidationFailed(
                path: "account_id", code: "required", message: "is required: your token is for no account of its own")
        }
        return requested
    }
}
