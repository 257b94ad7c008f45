import Domain

/// What a handler is called for: a line of chat, an event, or the time. Its actions are directed at nothing else.
package enum HandlerOccasion: Equatable, Sendable {
    case message(ChatMessage)
    case event(PlatformEvent)
    case time(ChatChannel)

    package var channel: ChatChannel {
        switch self {
        case .message(let message): message.channel
        case .event(let event): event.channel
        case .time(let channel): channel
        }
    }

    package var message: ChatMessage? { if case .message(let message) = self { message } else { nil } }

    package var event: PlatformEvent? { if case .event(let event) = self { event } else { nil } }

    package var user: ChatUser? { message?.author ?? event?.user }
}

extension HandlerAction {
    /// Why an action cannot be done here.
    package struct NoTarget: Error, Equatable, CustomStringConvertible {
        package let action: Name
        package var description: String {
            switch action {
            case .reply, .delete: "there is no message that \(action.rawValue) could be about"
            default: "there is nobody that \(action.rawValue) could be about"
            }
        }
    }

    /// With the target that the host knows.
    package func chatAction(on occasion: HandlerOccasion) throws(NoTarget) -> ChatAction {
        switch self {
        case .say(let text): return .say(text: text, replyTo: nil)
        case .reply(let text): return .say(text: text, replyTo: try messageID(of: occasion))
        case .delete: return .delete(messageID: try messageID(of: occasion))
        case .timeout(let seconds, let reason):
            return .timeout(userID: try userID(of: occasion), seconds: seconds, reason: reason)
        case .ban(let reason): return .ban(userID: try userID(of: occasion), reason: reason)
        case .warn(let reason): return .warn(userID: try userID(of: occasion), reason: reason)
        }
    }

    private func messageID(of occasion: HandlerOccasion) throws(NoTarget) -> String {
        guard let id = occasion.message?.id, !id.isEmpty else { throw NoTarget(action: name) }
        return id
    }

    /// Lumio's own bot is never a target.
    private func userID(of occasion: HandlerOccasion) throws(NoTarget) -> String {
        guard let user = occasion.user, !user.id.isEmpty, !user.roles.contains(.ownBot) else {
            throw NoTarget(action: name)
        }
        return user.id
    }
}
