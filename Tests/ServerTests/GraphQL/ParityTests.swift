import Domain
import GraphQL
import Server
import Synchronization
import Testing

/// Every operation that GraphQL has goes through REST of one server and through GraphQL of another, with the same
/// arguments and the same past. Both must say the same, in success and in refusal.
@Suite("GraphQL and REST")
struct ParityTests {
    private static let admins: [(String, JSON)] = [("account_id", "acct_1"), ("name", "One"), ("plan", "pro")]

    @Test func `agree on accounts, bots and their statuses`() async throws {
        try await TwoDoors.open { doors in
            try await doors.ask("adminRegisterAccount", Self.admins, expects: 201)
            try await doors.ask("adminRegisterAccount", Self.admins)
            try await doors.ask(
                "adminRegisterAccount", [("account_id", "acct_1"), ("name", "Two"), ("plan", "pro")], expects: 409)
            try await doors.ask(
                "adminRegisterAccount", [("account_id", "a b"), ("name", " "), ("plan", "free")], expects: 422)
            try await doors.ask(
                "adminChangeAccount",
                [("account_id", "acct_1"), ("custom_bot_allowed", true), ("plan", "enterprise"), ("if_revision", 0)])
            try await doors.ask(
                "adminChangeAccount", [("account_id", "acct_1"), ("name", "X"), ("if_revision", 0)], expects: 412)
            try await doors.ask("adminChangeAccount", [("account_id", "acct_1"), ("custom_bot_allowed", .null)])
            try await doors.ask("adminChangeAccount", [("account_id", "nobody"), ("name", "X")], expects: 404)
            try await doors.ask("adminAccount", [("account_id", "acct_1")])
            try await doors.ask("adminAccount", [("account_id", "nobody")], expects: 404)
            try await doors.ask("adminAccounts", [("search", "o"), ("page", 1), ("per_page", 1)])
            try await doors.ask("adminAccounts", [("per_page", 1000)], expects: 422)

            let bot: [(String, JSON)] = [("account_id", "acct_1"), ("platform", "twitch")]
            try await doors.ask("adminToggleBotForAccount", bot + [("paused", true)], expects: 409)
            let channel: [(String, JSON)] = [("channel_id", "c"), ("channel_name", "C&D/é?")]
            try await doors.ask("adminConnectBot", bot + channel)
            try await doors.ask(
                "adminToggleBotForAccount",
                bot + [
                    ("paused", true), ("reason", "why"), ("until", "2099-01-01T00:00:00Z"), ("idempotency_key", "k"),
                ])
            try await doors.ask(
                "adminToggleBotForAccount",
                bot + [
                    ("paused", true), ("reason", "why"), ("until", "2099-01-01T00:00:00Z"), ("idempotency_key", "k"),
                ])
            try await doors.ask(
                "adminToggleBotForAccount", bot + [("paused", true), ("idempotency_key", "k")], expects: 422)
            try await doors.ask("adminToggleBotForAccount", bot + [("paused", true)])
            try await doors.ask(
                "adminToggleBotForAccount",
                bot + [("paused", false), ("until", "soon"), ("reason", .string(String(repeating: "x", count: 2000)))],
                expects: 422)
            try await doors.ask(
                "adminToggleBotForAccount", bot + [("paused", false), ("wait", "converged"), ("timeout_ms", 50)])
            try await doors.ask("adminBotStatuses", [("platform", "twitch"), ("status", "active"), ("search", "one")])
            try await doors.ask("adminBotStatuses", [("page", 2), ("per_page", 3)])
            try await doors.ask("adminBotStatuses", [("page", 0), ("per_page", 101)], expects: 422)
            try await Self.askForMany(doors)
            try await doors.ask("adminDisconnectBot", bot)
            try await doors.ask("adminDisconnectBot", bot)
            try await doors.ask("adminBotStatuses")
        }
    }

    private static func askForMany(_ doors: TwoDoors) async throws {
        let all: [(String, JSON)] = [("filter", ["platform": "twitch"]), ("paused", true), ("reason", "many")]
        try await doors.ask("adminSwitchBots", all, expects: 422)
        let preview = try await doors.ask("adminSwitchBots", all + [("preview", true)])
        #expect(preview.rest["count"] == 1 && preview.rest["hash"] == preview.graphQL["hash"])
        try await doors.ask("adminSwitchBots", all + [("hash", preview.rest["hash"] ?? .null)])
        try await doors.ask("adminSwitchBots", all + [("hash", preview.rest["hash"] ?? .null)], expects: 409)
    }

    @Test func `agree on providers`() async throws {
        try await TwoDoors.open { doors in
            try await doors.ask("adminProviders")
            let kick: [(String, JSON)] = [("platform", "kick")]
            try await doors.ask("adminSwitchProvider", kick + [("enabled", false), ("reason", "r")], expects: 422)
            try await doors.ask(
                "adminSwitchProvider",
                kick + [("enabled", false), ("login", false), ("reason", "r"), ("ticket", "T-1"), ("confirm", "kick")])
            try await doors.ask("adminSwitchProvider", kick + [("reason", "r")], expects: 422)
            try await doors.ask("adminProvider", kick)
            try await doors.ask("adminLinkBotIdentity", kick + [("username", "bot"), ("user_id", "7")])
            try await doors.ask("adminLinkBotIdentity", kick + [("username", ""), ("user_id", "")], expects: 422)
            try await doors.ask("adminUnlinkBotIdentity", kick)
            try await doors.ask("adminProviders")
        }
    }

    @Test func `agree on guilds`() async throws {
        try await TwoDoors.open { doors in
            try await doors.ask("adminRegisterAccount", Self.admins, expects: 201)
            let guild: [(String, JSON)] = [("guild_id", "42")]
            try await doors.ask("adminGuild", guild, expects: 404)
            try await doors.ask("adminMapGuild", guild + [("account_id", "ghost"), ("name", "G")], expects: 404)
            try await doors.ask("adminMapGuild", guild + [("account_id", "acct_1"), ("name", "")], expects: 422)
            try await doors.ask("adminMapGuild", guild + [("account_id", "acct_1"), ("name", "G")])
            try await doors.ask("adminGuild", guild)
            try await doors.ask("adminGuilds", [("search", "g"), ("per_page", 1)])
            try await doors.ask("adminUnmapGuild", guild + [("if_revision", 7)], expects: 412)
            try await doors.ask("adminUnmapGuild", guild)
            try await doors.ask("adminUnmapGuild", guild)
        }
    }

    @Test func `agree on bot commands`() async throws {
        try await TwoDoors.open { doors in
            try await doors.ask("adminRegisterAccount", Self.admins, expects: 201)
            let name: [(String, JSON)] = [("name", "so")], own = name + [("account_id", "acct_1")]
            let full: [(String, JSON)] = [
                ("response", "Hi {user}"), ("response_type", "template"), ("description", "Greets"),
                ("platforms", ["kick", "twitch"]), ("minimum_role", "vip"), ("cooldown_seconds", 5),
                ("user_cooldown_seconds", 60), ("enabled", true),
            ]
            try await doors.ask("adminGlobalCommand", name, expects: 404)
            try await doors.ask("adminUpdateGlobalCommand", name + full)
            try await doors.ask("adminGlobalCommand", name)
            try await doors.ask("adminGlobalCommands", [("search", "gre"), ("per_page", 1)])
            try await doors.ask("botCommand", own)
            try await doors.ask("updateBotCommand", own + [("response", "x")], expects: 422)
            try await doors.ask("updateBotCommand", own + [("response", "x"), ("minimum_role", "moderator")])
            try await doors.ask("botCommands", [("account_id", "acct_1")])
            try await doors.ask("deleteBotCommand", own + [("if_revision", 7)], expects: 412)
            try await doors.ask("deleteBotCommand", own)
            try await doors.ask("adminDeleteGlobalCommand", name)
            try await doors.ask("adminDeleteGlobalCommand", name)
        }
    }

    @Test func `agree on bot modules`() async throws {
        try await TwoDoors.open { doors in
            try await doors.ask("adminRegisterAccount", Self.admins, expects: 201)
            let module: [(String, JSON)] = [("name", "word_filter"), ("account_id", "acct_1")]
            try await doors.ask("botModule", module, expects: 404)
            try await doors.ask("botModule", [("name", "nothing"), ("account_id", "acct_1")], expects: 422)
            try await doors.ask("botModule", [("name", "word_filter")], expects: 422)
            try await doors.ask("updateBotModule", module + [("enabled", true)])
            try await doors.ask(
                "updateBotModule",
                module + [
                    ("enabled", true), ("config", ["blocked_words": ["camelCase"]]), ("exempt_roles", ["vips": true]),
                ])
            try await doors.ask(
                "updateBotModule",
                module + [("enabled", true), ("config", ["blocked_words": [1], "x": 2]), ("exempt_roles", ["y": 1])],
                expects: 422)
            try await doors.ask("botModule", module)
            try await doors.ask("botModules", [("account_id", "acct_1")])
            let message: JSON = [
                "platform": "twitch", "channel_id": "c", "message_id": "m", "user": ["id": "u"],
                "text": "some camelCase text", "sent_at": "2026-01-01T00:00:00Z",
            ]
            try await doors.ask(
                "backtestBotModule",
                module + [("config", ["blocked_words": ["text"]]), ("messages", .array([message]))])
            try await doors.ask(
                "backtestBotModule", module + [("config", ["blocked_words": 1]), ("messages", [])], expects: 422)
            try await doors.ask("deleteBotModule", module + [("if_revision", 0)], expects: 412)
            try await doors.ask("deleteBotModule", module)
            try await doors.ask("deleteBotModule", module)
            try await doors.ask("botModules", [("account_id", "acct_1")])
            try await doors.ask(
                "botModules", [("account_id", "acct_2")], expects: 404,
                as: { server in
                    server.token([.botModulesRead], account: "acct_1")
                })
        }
    }

    @Test func `agree on extensions and their installs`() async throws {
        try await TwoDoors.open { doors in
            for name in ["author", "acct_1"] {
                try await doors.ask(
                    "adminRegisterAccount", [("account_id", .string(name)), ("name", "N"), ("plan", "pro")],
                    expects: 201)
            }
            let bundle: [(String, JSON)] = [
                ("bundle", SampleExtension().body["bundle"] ?? .null), ("account_id", "author"),
            ]
            try await doors.ask("submitExtension", bundle, expects: 201)
            try await doors.ask(
                "submitExtension", [("bundle", ["files": [:]]), ("account_id", "author")], expects: 422)
            let id: [(String, JSON)] = [("extension_id", .string(SampleExtension.id))]
            let version = id + [("version", "1.0.0")]
            try await doors.ask("adminPublishExtension", version, expects: 409)
            let decision: [(String, JSON)] = [("decision", "approved"), ("note", "fine")]
            try await doors.ask("adminReviewExtension", version + decision, expects: 403)
            try await doors.ask("adminReviewExtension", version + decision, as: { $0.reviewer() })
            try await doors.ask("adminPublishExtension", version)
            try await doors.ask("extensions", [("account_id", "acct_1"), ("search", "rank")])
            try await doors.ask("extension", id)
            try await doors.ask("adminExtensions", [("state", "published")])
            try await doors.ask("adminExtensionBundle", version)

            let account: [(String, JSON)] = [("account_id", "acct_1")]
            try await doors.ask("installExtension", id + account + [("permissions", [])], expects: 409)
            let consent: [(String, JSON)] = [("permissions", ["chat:send", "storage:kv"])]
            try await doors.ask(
                "installExtension", id + account + consent + [("config", ["points": 900])], expects: 422)
            let made = try await doors.ask(
                "installExtension", id + account + consent + [("config", ["points": 9])], expects: 201)
            let install = account + [("install_id", made.rest["install_id"] ?? .null)]
            try await doors.ask("extensionInstall", install)
            try await doors.ask("extensionInstalls", account)
            try await doors.ask("configureExtensionInstall", install + [("config", ["points": 0])], expects: 422)
            try await doors.ask("configureExtensionInstall", install + [("config", ["points": 7])])
            try await doors.ask("overrideExtensionTriggers", install + [("overrides", ["rank": ["command": "top"]])])
            try await doors.ask("overrideExtensionTriggers", install + [("overrides", ["x": [:]])], expects: 422)
            try await doors.ask("setExtensionExemptRoles", install + [("exempt_roles", ["moderators": true])])
            try await doors.ask("switchExtensionInstall", install + [("enabled", false)])
            try await doors.ask("killExtensionInstall", install + [("reason", "now")])
            try await doors.ask("switchExtensionInstall", install + [("enabled", true)])
            try await doors.ask("upgradeExtensionInstall", install + [("version", "9.9.9")], expects: 404)
            try await doors.ask("adminSuspendExtension", id + [("reason", "bad")])
            try await doors.ask("extensionInstall", install)
            try await doors.ask("adminReinstateExtension", id)
            try await doors.ask("uninstallExtension", install)
            try await doors.ask("extensionInstalls", account)
        }
    }

    @Test func `agree on the audit log, keys, workers and read models`() async throws {
        try await TwoDoors.open { doors in
            try await doors.ask("adminRegisterAccount", Self.admins, expects: 201)
            try await doors.ask("adminSwitchProvider", [("platform", "kick"), ("login", false), ("reason", "r")])
            try await doors.ask("auditEvents", [("order", "asc"), ("limit", 1), ("category", "account")])
            try await doors.ask("auditEvents", [("cursor", "2"), ("text", "one"), ("from", "2020-01-01T00:00:00Z")])
            try await doors.ask("auditEvents", [("from", "yesterday"), ("limit", 501)], expects: 422)
            try await doors.ask("auditEvent", [("position", 1)])
            try await doors.ask("auditEvent", [("position", 99)], expects: 404)
            let made = try await doors.ask(
                "adminCreateKey", [("kind", "system"), ("name", "a worker"), ("expires_at", "2099-01-01T00:00:00Z")])
            #expect(made.graphQL["secret"]?.string?.hasPrefix("lm_sys_") == true)
            try await doors.ask("adminCreateKey", [("kind", "user"), ("name", "")], expects: 422)
            try await doors.ask("adminKeys", [("page", 1)])
            for name in ["adminKey", "adminRevokeKey"] {
                try await doors.ask(name, [("id", "key_nothing")], expects: 404)
            }
            try await doors.ask("adminRevokeToken", [("id", "some-token")])
            try await doors.ask("adminWorkers")
            try await doors.ask("adminForgetWorker", [("name", "nobody")], expects: 404)
            try await doors.ask("adminModerationLog", [("platform", "kick"), ("limit", 5)])
            try await doors.ask("adminModerationLog", [("limit", 0)], expects: 422)
            try await doors.ask("adminProjections")
            try await doors.ask("adminRebuildProjections")
        }
    }

    @Test func `ask for the same permissions`() async throws {
        let arguments: [String: JSON] = [
            "name": "word_filter", "account_id": "acct_1", "platform": "kick",
            "extension_id": .string(SampleExtension.id),
            "install_id": .string(SampleExtension.id), "version": "1.0.0", "position": 1, "id": "some-token",
            "paused": true, "enabled": true, "config": [:], "reason": "r", "username": "u", "user_id": "u",
            "plan": "pro", "channel_id": "c", "channel_name": "c", "permissions": [], "overrides": [:],
            "exempt_roles": [:], "bundle": ["files": [:]], "decision": "approved", "kind": "user", "messages": [],
            "filter": [:], "response": "r",
        ]
        try await TwoDoors.open { doors in
            try await doors.ask("adminRegisterAccount", Self.admins, expects: 201)
            for binding in GraphQLBinding.all {
                let required = doors.schema.arguments(of: binding.field.name).filter { $0.type["kind"] == "NON_NULL" }
                let given = required.map { argument in
                    let name = GraphQLSchema.snake(argument.name)
                    return (name, arguments[name] ?? "x")
                }
                try await doors.ask(binding.field.name, given, expects: 403, as: { $0.token([], account: "acct_1") })
            }
        }
    }
}
