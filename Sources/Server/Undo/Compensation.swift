import Domain

/// The command that brings back what an event has changed: an operation of the API, as its caller would send it.
struct Compensation: Sendable {
    /// The operation's id.
    let operation: String
    /// By the names in the operation's path, and in its query.
    let path: [String: String], query: [String: String]
    /// nil for operations that take none.
    let body: JSON?

    init(_ operation: String, path: [String: String], query: [String: String] = [:], body: JSON? = nil) {
        (self.operation, self.path, self.query, self.body) = (operation, path, query, body)
    }
}

/// Why nothing takes an event back; it says what can be done instead.
struct NoInverse: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Which event is to be undone, and what the caller says to it.
struct ReversalWish: Sendable {
    let position: Int
    /// The part of the stream's name after the dash, and the account that it belongs to.
    let key: String, account: String?
    var reason: String?
    /// As switching a whole platform off asks for it.
    var confirm: String?
    let now: Timestamp

    /// For commands that ask why.
    var note: String { reason ?? "reverts position \(position)" }

    /// The members of a body that says why, with those of the command itself.
    func saying(_ members: JSON.Member...) -> JSON { .object(members + [.init("reason", .string(note))]) }

    /// For paths that belong to an account, whoever calls them.
    var accountQuery: [String: String] { account.map { ["account_id": $0] } ?? [:] }

    /// The two halves of keys such as `acct_1:twitch`, by these names.
    func halves(_ account: String, _ rest: String) -> [String: String] {
        let parts = key.split(separator: ":", maxSplits: 1).map(String.init)
        return parts.count == 2 ? [account: parts[0], rest: parts[1]] : [:]
    }
}
