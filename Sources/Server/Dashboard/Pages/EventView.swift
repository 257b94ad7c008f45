import Domain

/// An event in words.
enum EventView {
    static func row(_ event: JSON) -> View {
        let metadata = event["metadata"] ?? .null, personal = event["data"]?["personal"]
        var view: View = [
            "position": event["position"]?.integer ?? 0, "type": event["type"]?.string ?? "",
            "stream": event["stream"]?.string ?? "", "revision": event["revision"]?.integer ?? 0,
            "sentence": sentence(event), "when": StatusRowView.time(event["recorded_at"]?.string ?? ""),
            "source": metadata["source"]?.string ?? "", "id": event["id"]?.string ?? "",
        ]
        let actor = metadata["actor"]
        view["actor_id"] = actor?["id"]?.string
        view["actor_kind"] = actor?["kind"]?.string
        let display = metadata["personal"]?["display"]?.string ?? actor?["display"]?.string
        view["actor"] = display ?? actor?["id"]?.string ?? "nobody known"
        view["reason"] = personal?["reason"]?.string ?? event["data"]?["reason"]?.string
        view["ip"] = metadata["personal"]?["ip"]?.string ?? metadata["ip"]?.string
        view["user_agent"] = metadata["personal"]?["user_agent"]?.string ?? metadata["user_agent"]?.string
        view["correlation_id"] = metadata["correlation_id"]?.string
        view["causation_id"] = metadata["causation_id"]?.string
        view["command_id"] = metadata["command_id"]?.string
        return view
    }

    /// As in "paused the bot of acct_1 on twitch"; an event that is new here says its type.
    private static func sentence(_ event: JSON) -> String {
        let stream = event["stream"]?.string ?? "", key = stream.drop { $0 != "-" }.dropFirst()
        let halves = key.split(separator: ":", maxSplits: 1).map(String.init)
        let account = halves.first ?? "", detail = halves.count > 1 ? halves[1] : ""
        let data = event["data"] ?? .null
        switch event["type"]?.string ?? "" {
        case "bot.paused": return "paused the bot of \(account) on \(detail)"
        case "bot.resumed":
            return data["scheduled"]?.bool == true
                ? "resumed the bot of \(account) on \(detail): the pause has come to its end"
                : "resumed the bot of \(account) on \(detail)"
        case "bot.connected": return "connected a bot for \(account) on \(detail)"
        case "bot.disconnected": return "disconnected the bot of \(account) on \(detail)"
        case "provider.switched":
            let isOn = data["enabled"]?.bool == true
            return "switched \(data["flag"]?.string ?? "") of \(key) \(isOn ? "on" : "off")"
        case "provider.bot_identity_linked": return "said who the bot is on \(key)"
        case "provider.bot_identity_unlinked": return "forgot who the bot was on \(key)"
        case "bot_module.upserted": return "configured \(detail) of \(account)"
        case "bot_module.deleted": return "deleted \(detail) of \(account)"
        case "account.registered": return "registered \(key)"
        case "account.renamed": return "renamed \(key)"
        case "account.plan_changed": return "changed the plan of \(key) to \(data["plan"]?.string ?? "")"
        case "account.limits_overridden": return "changed the limits of \(key)"
        case "bot_command.upserted": return "defined !\(detail) \(owner(account))"
        case "bot_command.deleted": return "deleted !\(detail) \(owner(account))"
        case "guild.mapped": return "gave the guild \(key) to \(data["account_id"]?.string ?? "")"
        case "guild.unmapped": return "took the guild \(key) from its account"
        case let type:
            let name = type.split(separator: ".").last.map { $0.replacing("_", with: " ").description } ?? type
            let kind = type.hasPrefix("extension_install") ? "an install" : "an extension"
            return type.hasPrefix("extension") ? "\(name) \(kind), \(key)" : "\(type) in \(stream)"
        }
    }

    private static func owner(_ half: String) -> String {
        CommandScope(stored: half).account.map { "of \($0)" } ?? "for all accounts"
    }

    static func category(_ category: Category) -> String {
        category.rawValue.prefix(1).uppercased() + category.rawValue.dropFirst().replacing("_", with: " ")
    }

    /// Every type that there is.
    static let types: [String] =
        (Account.Event.Name.allCases.map(\.rawValue) + Bot.Event.Name.allCases.map(\.rawValue)
        + BotModule.Event.Name.allCases.map(\.rawValue) + Extension.Event.Name.allCases.map(\.rawValue)
        + ExtensionInstall.Event.Name.allCases.map(\.rawValue) + Provider.Event.Name.allCases.map(\.rawValue)
        + Guild.Event.Name.allCases.map(\.rawValue) + BotCommand.Event.Name.allCases.map(\.rawValue)).sorted()
}
