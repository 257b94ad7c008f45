/// Who may call a command, the highest first: each role may do what those after it may.
package enum CommandRole: String, CaseIterable, Sendable {
    case broadcaster, moderator, vip, subscriber, follower, everyone

    private var rank: Int {
        switch self {
        case .broadcaster: 5
        case .moderator: 4
        case .vip: 3
        case .subscriber: 2
        case .follower: 1
        case .everyone: 0
        }
    }
}

extension CommandRole: Comparable {
    package static func < (left: CommandRole, right: CommandRole) -> Bool { left.rank < right.rank }
}
