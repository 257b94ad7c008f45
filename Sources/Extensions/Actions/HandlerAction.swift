import Domain

/// Something that a handler wants done. It names no target: that is the message which the handler was called for, or
/// who wrote it, and nobody else.
package enum HandlerAction: Equatable, Sendable {
    case say(text: String)
    case reply(text: String)
    case delete
    case timeout(seconds: Int, reason: String?)
    case ban(reason: String?)
    case warn(reason: String)

    /// The `type` of its document.
    package enum Name: String, CaseIterable, Sendable { case say, reply, delete, timeout, ban, warn }

    /// So many may follow from one call.
    package static let countMax = 5
    package static let textLengthMax = 500, reasonLengthMax = 500
    package static let timeoutSeconds = 1...1_209_600

    package var name: Name {
        switch self {
        case .say: .say
        case .reply: .reply
        case .delete: .delete
        case .timeout: .timeout
        case .ban: .ban
        case .warn: .warn
        }
    }

    /// What the account must have granted.
    package var permission: ExtensionPermission {
        switch self {
        case .say, .reply: .chatSend
        case .delete: .chatDelete
        case .timeout, .warn: .chatTimeout
        case .ban: .chatBan
        }
    }

    /// Whether it is directed at a message or a person: a `moderate` that wants one takes the line for unsaid.
    package var moderates: Bool {
        switch self {
        case .say, .reply: false
        case .delete, .timeout, .ban, .warn: true
        }
    }

    /// Why the handler wants it, in its own words.
    package var reason: String? {
        switch self {
        case .say, .reply, .delete: nil
        case .timeout(_, let reason), .ban(let reason): reason
        case .warn(let reason): reason
        }
    }
}
