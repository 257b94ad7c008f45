/// An event in words, from what is stored of it.
package struct EventStory: Sendable {
    /// Who did it, as people know them, and by id.
    package let actor: String, actorID: String?
    /// As in "paused the bot of acct_1 on twitch"; an event that is new here says its type.
    package let sentence: String
    package let reason: String?
    /// The door that it came through.
    package let source: String?

    /// - Parameters:
    ///   - stream: its name.
    ///   - data: as stored.
    package init(type: String, stream: String, data: JSON, metadata: JSON) {
        let personal = metadata["personal"], known = metadata["actor"]
        actorID = known?["id"]?.string
        actor = personal?["display"]?.string ?? known?["display"]?.string ?? actorID ?? "nobody known"
        source = metadata["source"]?.string
        let why = data["personal"]
        reason = why?["reason"]?.string ?? why?["note"]?.string ?? data["reason"]?.string
        sentence = Self.sentence(type, stream, Entity(stream), data)
    }

    private static let settingsLengthMax = 120

    /// What a stream's name says.
    private struct Entity {
        /// `acct_1:twitch`, `acct_1` and `twitch`.
        let key: String, account: String, detail: String

        init(_ stream: String) {
            key = String(stream.drop { $0 != "-" }.dropFirst())
            let halves = key.split(separator: ":", maxSplits: 1).map(String.init)
            (account, detail) = (halves.first ?? "", halves.count > 1 ? halves[1] : "")
        }
    }

    private static func sentence(_ type: String, _ stream: String, _ entity: Entity, _ data: JSON) -> String {
        let known: String? =
            switch type.prefix(while: { $0 != "." }) {
            case "account": account(type, entity, data)
            case "bot": bot(type, entity, data)
            case "bot_module": module(type, entity, data)
            case "provider": provider(type, entity, data)
            case "extension": `extension`(type, entity, data)
            case "extension_install": install(type, entity, data)
            case "bot_command": command(type, entity)
            case "guild": guild(type, entity, data)
            case "subject": type == "subject.erased" ? "erased what was said of \(entity.key)" : nil
            case "log": type == "log.key_rotated" ? "signed the log of all events with a new key from here on" : nil
            default: nil
            }
        return known ?? "\(type) in \(stream)"
    }

    private static func account(_ type: String, _ entity: Entity, _ data: JSON) -> String? {
        let name = data["personal"]?["name"]?.string.map { " \u{201C}\($0)\u{201D}" } ?? ""
        switch type {
        case "account.registered": return "registered \(entity.key)\(name) on the plan \(data["plan"]?.string ?? "?")"
        case "account.renamed": return "renamed \(entity.key)\(name.isEmpty ? "" : " to\(name)")"
        case "account.plan_changed": return "changed the plan of \(entity.key) to \(data["plan"]?.string ?? "")"
        case "account.limits_overridden":
            let what = data["custom_bot_allowed"]?.bool.map { $0 ? ": modules allowed" : ": no modules" }
            return "changed the limits of \(entity.key)\(what ?? ": as its plan has them")"
        default: return nil
        }
    }

    private static func bot(_ type: String, _ entity: Entity, _ data: JSON) -> String? {
        let bot = "the bot of \(entity.account) on \(entity.detail)"
        switch type {
        case "bot.paused": return "paused \(bot)" + (data["until"]?.string.map { " until \($0)" } ?? "")
        case "bot.resumed":
            let isScheduled = data["scheduled"]?.bool == true
            return isScheduled ? "resumed \(bot): the pause has come to its end" : "resumed \(bot)"
        case "bot.connected":
            let channel = data["personal"]?["channel_name"]?.string.map { " to the channel \($0)" } ?? ""
            return "connected a bot for \(entity.account) on \(entity.detail)\(channel)"
        case "bot.disconnected": return "disconnected \(bot)"
        default: return nil
        }
    }

    private static func module(_ type: String, _ entity: Entity, _ data: JSON) -> String? {
        switch type {
        case "bot_module.upserted":
            let state = data["enabled"]?.bool.map { $0 ? ", switched on" : ", switched off" } ?? ""
            return "configured \(entity.detail) of \(entity.account)\(state)\(settings(data["config"]))"
        case "bot_module.deleted": return "deleted \(entity.detail) of \(entity.account)"
        default: return nil
        }
    }

    /// As in ": action timeout, blocked_words a, b"; long ones are cut off.
    private static func settings(_ config: JSON?) -> String {
        let members = config?.members ?? []
        guard !members.isEmpty else { return "" }
        let words = members.map { "\($0.name) \(brief($0.value))" }.joined(separator: ", ")
        return ": " + (words.count <= settingsLengthMax ? words : words.prefix(settingsLengthMax) + "\u{2026}")
    }

    private static func brief(_ value: JSON) -> String {
        let parts = value.array ?? value.members?.map(\.value) ?? []
        return parts.allSatisfy(\.isPlain) && value.members == nil ? value.words : "(\(parts.count))"
    }

    private static func command(_ type: String, _ entity: Entity) -> String? {
        let owner = CommandScope(stored: entity.account).account.map { "of \($0)" } ?? "for all accounts"
        switch type {
        case "bot_command.upserted": return "defined !\(entity.detail) \(owner)"
        case "bot_command.deleted": return "deleted !\(entity.detail) \(owner)"
        default: return nil
        }
    }

    private static func guild(_ type: String, _ entity: Entity, _ data: JSON) -> String? {
        switch type {
        case "guild.mapped": return "gave the guild \(entity.key) to \(data["account_id"]?.string ?? "?")"
        case "guild.unmapped": return "took the guild \(entity.key) from its account"
        default: return nil
        }
    }

    private static func provider(_ type: String, _ entity: Entity, _ data: JSON) -> String? {
        switch type {
        case "provider.switched":
            let state = data["enabled"]?.bool == true ? "on" : "off"
            let ticket = data["ticket"]?.string.map { " (ticket \($0))" } ?? ""
            return "switched \(data["flag"]?.string ?? "") of \(entity.key) \(state)\(ticket)"
        case "provider.bot_identity_linked": return "said who the bot is on \(entity.key)"
        case "provider.bot_identity_unlinked": return "forgot who the bot was on \(entity.key)"
        default: return nil
        }
    }

    private static func `extension`(_ type: String, _ entity: Entity, _ data: JSON) -> String? {
        let version = data["version"]?.string.map { "version \($0) of " } ?? ""
        let name = data["name"]?.string ?? data["personal"]?["name"]?.string
        let one = "the extension \(name.map { "\($0), " } ?? "")\(entity.key)"
        switch type {
        case "extension.submitted": return "submitted \(version)\(one)"
        case "extension.reviewed":
            let decision = data["decision"]?.string.map { ": \($0.replacing("_", with: " "))" } ?? ""
            return "reviewed \(version)\(one)\(decision)"
        case "extension.published": return "published \(version)\(one)"
        case "extension.suspended": return "suspended \(one)"
        case "extension.reinstated": return "reinstated \(one)"
        default: return nil
        }
    }

    private static func install(_ type: String, _ entity: Entity, _ data: JSON) -> String? {
        let version = data["version"]?.string, to = version.map { " to version \($0)" } ?? ""
        let install = "the install \(entity.key)"
        switch type {
        case "extension_install.installed":
            let `extension` = data["extension_id"]?.string ?? "?", account = data["account_id"]?.string ?? "?"
            return
                "installed the extension \(`extension`)\(version.map { " \($0)" } ?? "") for \(account): \(entity.key)"
        case "extension_install.configured": return "configured \(install)"
        case "extension_install.triggers_overridden": return "changed the triggers of \(install)"
        case "extension_install.exempt_roles_set": return "changed who is exempt from \(install)"
        case "extension_install.enabled": return "switched \(install) on"
        case "extension_install.disabled": return "switched \(install) off"
        case "extension_install.killed": return "killed \(install)"
        case "extension_install.upgraded": return "upgraded \(install)\(to)"
        case "extension_install.upgrade_held": return "held back the upgrade of \(install)\(to)"
        case "extension_install.tripped": return "stopped \(install), which failed again and again"
        case "extension_install.recovered": return "let \(install) run again"
        case "extension_install.uninstalled": return "uninstalled \(install)"
        default: return nil
        }
    }
}
