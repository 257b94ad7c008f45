import Domain

/// Something that whoever guards the product wants to know: somebody was refused, or has read the history.
package struct SecurityRecord: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// 401, 403.
        case unauthenticated, forbidden
        case auditRead = "audit_read"
        /// A whole filter, as NDJSON or CSV.
        case auditExport = "audit_export"
    }

    package let kind: Kind
    /// Who, as far as it is known.
    package var actorKind: Actor.Kind?, actor: String?, account: AccountID?
    /// The caller's network address.
    package var address: String?
    /// The operation's id, or a page's path.
    package let operation: String
    /// The error's code; nil for what was let in.
    package var code: String?

    package init(
        _ kind: Kind, by caller: Caller?, from address: String?, operation: String, code: String? = nil
    ) {
        (self.kind, self.address, self.operation, self.code) = (kind, address, operation, code)
        (actorKind, actor, account) = (caller?.actor.kind, caller?.actor.id, caller?.account)
    }

    /// For the many that come when there are too many to tell apart.
    fileprivate init(others kind: Kind) {
        (self.kind, operation) = (kind, "others")
    }

    package static func others(_ kind: Kind) -> SecurityRecord { SecurityRecord(others: kind) }
}

/// A record with how often it has come within a minute.
package struct SecurityLine: Equatable, Sendable {
    /// Grows; the moment of the first in µs, made unique.
    package let id: Int
    package let record: SecurityRecord
    /// What was asked for the first time: method and address, cut where it is long.
    package let target: String
    /// Why it was refused.
    package let detail: String?
    package let firstAt: Timestamp
    package internal(set) var lastAt: Timestamp, count: Int

    package static let textLengthMax = 300
}

/// Which lines are wanted; what is nil does not matter.
package struct SecurityFilter: Equatable, Sendable {
    package var kind: SecurityRecord.Kind?
    package var actor: String?, account: AccountID?, address: String?
    package var from: Timestamp?, to: Timestamp?

    package init() {}
}
