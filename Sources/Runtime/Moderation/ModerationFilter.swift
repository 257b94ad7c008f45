import Domain
import GRDB

/// Which lines of the moderation log are wanted; what is nil does not matter.
package struct ModerationFilter: Equatable, Sendable {
    package var platform: Platform?
    package var accountID: AccountID?
    package var channelID: String?
    /// Who wrote the message: an id, or a login in letters of either case.
    package var user: String?
    package var module: String?
    package var action: ChatAction.Name?
    package var outcome: ModerationRecord.Outcome?
    /// Decided at this moment or later, and before this one, by the worker's clock.
    package var from: Timestamp?, to: Timestamp?

    package init() {}

    package func matches(_ record: ModerationRecord) -> Bool {
        matchesPlace(record) && matchesUser(record) && module.map { $0 == record.module } ?? true
            && action.map { $0 == record.action } ?? true && outcome.map { $0 == record.outcome } ?? true
            && from.map { record.at >= $0 } ?? true && to.map { record.at < $0 } ?? true
    }

    private func matchesPlace(_ record: ModerationRecord) -> Bool {
        platform.map { $0 == record.channel.platform } ?? true
            && accountID.map { $0 == record.channel.accountID } ?? true
            && channelID.map { $0 == record.channel.id } ?? true
    }

    private func matchesUser(_ record: ModerationRecord) -> Bool {
        guard let user else { return true }
        return record.author.id == user || record.author.login.lowercased() == user.lowercased()
    }
}

extension ModerationFilter {
    /// The same in SQL, as a condition that is never empty.
    var condition: (sql: String, arguments: StatementArguments) {
        let equal: [(String, String?)] = [
            ("platform = ?", platform?.rawValue), ("account_id = ?", accountID?.rawValue),
            ("channel_id = ?", channelID), ("module = ?", module), ("action = ?", action?.rawValue),
            ("outcome = ?", outcome?.rawValue),
        ]
        var terms = ["true"], arguments = StatementArguments()
        for (term, value) in equal {
            guard let value else { continue }
            terms.append(term)
            arguments += [value]
        }
        if let user {
            terms.append("(user_id = ? OR user_login = ?)")
            arguments += [user, user.lowercased()]
        }
        for (term, moment) in [("at >= ?", from), ("at < ?", to)] {
            guard let moment else { continue }
            terms.append(term)
            arguments += [moment.microseconds]
        }
        return (terms.joined(separator: " AND "), arguments)
    }
}
