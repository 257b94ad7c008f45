import Domain

/// What a handler sees as `ctx`, but for its settings and what it may call.
package struct HandlerContext: Sendable {
    package var triggerID: String
    package var kind: ExtensionTrigger.Kind
    package var occasion: HandlerOccasion
    /// Of a pattern: the whole of what was found, then its groups; nil for one that took no part. Empty for others.
    package var match: [String?]
    /// Of a command: what follows it, divided by white space.
    package var arguments: [String]
    /// One that the host cannot try in linear time: whoever runs the handler is to try it on the text first, and to
    /// call the handler only when it is found.
    package var untried: ExtensionTrigger.Pattern?
    package var now: Timestamp

    package init(
        triggerID: String, kind: ExtensionTrigger.Kind, occasion: HandlerOccasion, match: [String?] = [],
        arguments: [String] = [], untried: ExtensionTrigger.Pattern? = nil, now: Timestamp
    ) {
        (self.triggerID, self.kind, self.occasion) = (triggerID, kind, occasion)
        (self.match, self.arguments, self.untried, self.now) = (match, arguments, untried, now)
    }

    /// `{trigger: {id, type, pattern?, flags?}, message?, user?, channel, match?, args?, event?, now}`. A pattern
    /// stands there only when it is still to be tried.
    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 512)
        writer.object { object in
            object.name("trigger")
            object.object { trigger in
                trigger.member("id", triggerID)
                trigger.member("type", kind.rawValue)
                if let untried {
                    trigger.member("pattern", untried.source)
                    trigger.member("flags", untried.flags)
                }
            }
            if let message = occasion.message { object.message(message) }
            if let user = occasion.user { object.user(user) }
            object.channel(occasion.channel)
            if !match.isEmpty {
                object.name("match")
                object.array { array in for part in match { array.string(orNull: part) } }
            }
            if kind == .command {
                object.name("args")
                object.array { array in arguments.forEach { array.string($0) } }
            }
            if let event = occasion.event { object.event(event) }
            object.member("now", now.description)
        }
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func string(orNull value: String?) {
        if let value { string(value) } else { null() }
    }

    fileprivate mutating func message(_ message: ChatMessage) {
        name("message")
        object { object in
            object.member("id", message.id)
            object.member("text", message.text)
            object.member("sentAt", message.sentAt.description)
            object.member("isEdit", message.isEdit)
        }
    }

    fileprivate mutating func user(_ user: ChatUser) {
        name("user")
        object { object in
            object.member("id", user.id)
            object.member("login", user.login)
            object.member("name", user.name)
            object.name("roles")
            object.array { array in
                for (role, name) in HandlerContext.roles where user.roles.contains(role) { array.string(name) }
            }
            object.member("isBroadcaster", user.roles.contains(.broadcaster))
            object.member("isModerator", user.roles.contains(.moderator))
            object.member("isVip", user.roles.contains(.vip))
            object.member("isSubscriber", user.roles.contains(.subscriber))
        }
    }

    fileprivate mutating func channel(_ channel: ChatChannel) {
        name("channel")
        object { object in
            object.member("platform", channel.platform.rawValue)
            object.member("id", channel.id)
            object.member("accountId", channel.accountID.rawValue)
        }
    }

    fileprivate mutating func event(_ event: PlatformEvent) {
        name("event")
        object { object in
            object.member("type", event.name.rawValue)
            object.member("timestamp", event.at.description)
            object.member("data", event.data)
        }
    }
}

extension HandlerContext {
    /// The names by which scripts, manifests and documents call them.
    package static let roles: [(role: ChatRoles, name: String)] = [
        (.broadcaster, "broadcaster"), (.moderator, "moderator"), (.vip, "vip"), (.subscriber, "subscriber"),
    ]

    /// Names that nobody knows say nothing.
    package static func roles(named names: [String]) -> ChatRoles {
        roles.reduce(into: []) { if names.contains($1.name) { $0.formUnion($1.role) } }
    }
}
