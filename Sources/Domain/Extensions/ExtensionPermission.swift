/// What an extension may do in an account; its owner consents to each.
package enum ExtensionPermission: String, CaseIterable, Hashable, Sendable {
    /// Says and replies.
    case chatSend = "chat:send"
    case chatDelete = "chat:delete"
    /// Timeouts and warnings.
    case chatTimeout = "chat:timeout"
    /// Needs the enhanced review.
    case chatBan = "chat:ban"
    case storage = "storage:kv"
    case network
}

/// Where an extension's requests may go.
package struct Egress: Equatable, Sendable {
    /// Host names in lower case; a leading `*.` stands for exactly one label.
    package var allowHosts: [String]
    package var allowPorts: [Int]

    package static let nowhere = Egress(allowHosts: [], allowPorts: [])

    package init(allowHosts: [String], allowPorts: [Int] = [443]) {
        (self.allowHosts, self.allowPorts) = (allowHosts, allowPorts)
    }
}
