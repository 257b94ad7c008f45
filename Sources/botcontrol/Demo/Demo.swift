import BotModules
import Commands
import Domain
import Foundation
import Runtime
import Server

/// A product that looks lived in: accounts on all plans and platforms, paused and unconnected bots, and the four
/// module configurations of the manual.
struct Demo {
    let plane: ControlPlane

    private var commands: CommandHandler { plane.services.commands }

    /// Fills an empty directory; leaves any other as it is.
    func populate() async throws {
        guard plane.isNew else { return }
        for (number, account) in Self.accounts.enumerated() {
            guard let id = AccountID(rawValue: account.id) else { continue }
            _ = try await commands.registerAccount(
                id, name: account.name, plan: account.plan, customBotAllowed: account.customBotAllowed, request())
            for platform in account.platforms {
                let connection = Bot.Connection(
                    channelID: Self.channelID(number, on: platform), channelName: account.name, botUserID: nil)
                _ = try await commands.connectBot(id, platform, connection, request())
                plane.services.runtime.record([
                    Heartbeat(accountID: id, platform: platform, at: plane.services.clock.now)
                ])
            }
        }
        try await pauseSome()
        try await configureModules()
        try await defineCommands()
        _ = try await commands.linkBotIdentity(
            .twitch, Provider.BotIdentity(username: "lumio_bot", userID: "900100"), request())
    }

    /// Those that `scripts/run` opens on its platforms.
    private static func channelID(_ account: Int, on platform: Platform) -> String {
        let number = "\(9001 + account)"
        return platform == .youtube ? "UC" + String(repeating: "0", count: 22 - number.count) + number : number
    }

    private func pauseSome() async throws {
        let now = plane.services.clock.now
        _ = try await commands.pauseBot(
            AccountID(stored: "acct_aurora"), .youtube, reason: "reported spam, under investigation", until: nil,
            request())
        _ = try await commands.pauseBot(
            AccountID(stored: "acct_basil"), .twitch, reason: "maintenance", until: now.adding(seconds: 3600),
            request())
        _ = try await commands.switchProvider(
            .trovo, [Provider.Switch(.bot, false)], reason: "rate limits during the incident", ticket: "OPS-17",
            request())
    }

    private func configureModules() async throws {
        for account in ["acct_aurora", "acct_comet"] {
            for (module, config) in Self.modules {
                let settings = try ModuleSettings(
                    module: module, config: config,
                    exemptRoles: ["moderators": true, "vips": true, "subscribers": false])
                _ = try await commands.upsertBotModule(
                    AccountID(stored: account), module, enabled: module != .timedMessages, settings, request())
            }
        }
    }

    private func defineCommands() async throws {
        for (name, scope, definition) in Self.chatCommands {
            _ = try await commands.upsertBotCommand(CommandName(stored: name), of: scope, definition, request())
        }
    }

    private func request() -> CommandRequest {
        let id = UUID().uuidString.lowercased()
        return CommandRequest(
            metadata: EventMetadata(
                actor: Actor(kind: .system, id: "demo", display: "Demo"), source: .system, commandID: id,
                correlationID: id))
    }

    private struct DemoAccount {
        let id: String, name: String, plan: Plan, platforms: [Platform]
        var customBotAllowed: Bool?
    }

    private static let accounts: [DemoAccount] = [
        DemoAccount(id: "acct_aurora", name: "Aurora Plays", plan: .pro, platforms: [.twitch, .youtube, .discord]),
        DemoAccount(id: "acct_basil", name: "Basil & Thyme", plan: .pro, platforms: [.twitch]),
        DemoAccount(id: "acct_comet", name: "Comet Racing", plan: .enterprise, platforms: Platform.allCases),
        DemoAccount(id: "acct_dune", name: "Dune Speedruns", plan: .free, platforms: [.twitch, .kick]),
        DemoAccount(id: "acct_ember", name: "Ember Lounge", plan: .free, platforms: [.youtube], customBotAllowed: true),
        DemoAccount(id: "acct_fjord", name: "Fjord Fishing", plan: .enterprise, platforms: [.trovo, .discord]),
        DemoAccount(id: "acct_grove", name: "Grove Gardening", plan: .pro, platforms: []),
        DemoAccount(id: "acct_harbor", name: "Harbor Lights", plan: .free, platforms: [.kick, .trovo]),
    ]

    private static let chatCommands: [(String, CommandScope, BotCommand.Definition)] = [
        (
            "uptime", .global,
            BotCommand.Definition(
                description: "How long the stream runs", responseType: .template,
                response: "{channel} has been live for {uptime}.", cooldownSeconds: 10)
        ),
        (
            "hug", .global,
            BotCommand.Definition(
                description: "A hug for somebody", responseType: .template,
                response: "{user} hugs {random:everybody,the cat,a cactus}! Hug no. {count}.",
                userCooldownSeconds: 30)
        ),
        (
            "discord", .account(AccountID(stored: "acct_aurora")),
            BotCommand.Definition(description: "Where to meet", response: "Talk to us: discord.gg/aurora")
        ),
    ]

    /// As the manual shows them.
    private static let modules: [(ModuleName, JSON)] = [
        (
            .linkProtection,
            [
                "action": "delete", "warning_message": "Links are not allowed",
                "whitelist_domains": ["youtube.com", "twitch.tv"], "timeout_duration": 60,
            ]
        ),
        (
            .spamProtection,
            [
                "max_repeated_messages": 3, "max_caps_percentage": 80, "min_message_length_for_caps": 10,
                "action": "timeout", "timeout_duration": 30,
            ]
        ),
        (
            .wordFilter,
            [
                "blocked_words": ["badword1", "badword2"], "blocked_patterns": ["regex_pattern"], "action": "delete",
                "warning_message": "Your message was removed",
            ]
        ),
        (
            .timedMessages,
            [
                "messages": [
                    ["text": "Follow us on Twitter!", "interval_minutes": 15],
                    ["text": "Join our Discord!", "interval_minutes": 30],
                ],
                "min_chat_lines_between": 5,
            ]
        ),
    ]
}

extension Demo {
    /// Prints where it is and what to try; every line works when it is pasted.
    func introduce(address: String) {
        let grant = TokenGrant(subject: "demo-operator", name: "Demo Operator", isSystemAdmin: true)
        let token = plane.minter.mint(grant, lifetimeSeconds: 24 * 3600).text
        let dashboard = (try? plane.signInPath(for: grant)).map { address + $0 } ?? address
        StandardOutput.write(
            """

            Bot Control is running at \(address) with demo accounts. The dashboard, signed in; the link is good
            once, for ten minutes:

              \(dashboard)

            From the command line:

              TOKEN=\(token)

              # every bot on Twitch
              curl -s -H "Authorization: Bearer $TOKEN" "\(address)/v1/admin/bot-control/statuses?platform=twitch"

              # pause one, and see it in the history
              curl -s -X PUT -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
                -d '{"paused": true, "reason": "spam wave"}' \(address)/v1/admin/bot-control/acct_aurora/twitch
              curl -s -H "Authorization: Bearer $TOKEN" "\(address)/v1/audit/events?stream=bot-acct_aurora:twitch"

            The token is good for a day; the dashboard takes it too, at \(address)/sign-in. ctrl-C stops.

            """)
    }
}
