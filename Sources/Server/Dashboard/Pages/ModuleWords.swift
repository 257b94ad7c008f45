import Domain

/// How pages call the built-in modules.
enum ModuleWords {
    static func title(_ module: ModuleName) -> String {
        switch module {
        case .linkProtection: "Link protection"
        case .spamProtection: "Spam protection"
        case .wordFilter: "Word filter"
        case .timedMessages: "Timed messages"
        }
    }

    static func help(_ module: ModuleName) -> String {
        switch module {
        case .linkProtection: "Moderates messages with links, but for those to listed domains."
        case .spamProtection: "Moderates the same message again and again, and messages in capitals."
        case .wordFilter: "Moderates messages with blocked words, phrases or patterns."
        case .timedMessages: "Sends messages by itself, again and again, while the chat is alive."
        }
    }

    static let roles = [("moderators", "Moderators"), ("vips", "VIPs"), ("subscribers", "Subscribers")]

    /// The check boxes of the roles that a module lets alone.
    static func roles(_ json: JSON?) -> [View] {
        roles.map { name, label in ["name": name, "label": label, "on": json?[name]?.bool ?? false] }
    }

    static func roles(_ form: Form) -> JSON {
        .object(roles.map { name, _ in JSON.Member(name, .bool(form["exempt_roles.\(name)"] != nil)) })
    }
}
