import Commands
import Domain
import Hummingbird
import Projections

/// The platforms' kill switches, their flags, and the bot's identity on each.
struct ProviderRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/admin/providers", id: "listProviders", summary: "List all platforms.",
                access: .permission(.providersRead), parameters: [.asOf], answer: .list("Provider"), handler: list),
            Operation(
                method: .get, path: "/v1/admin/providers/{platform}", id: "getProvider", summary: "Read one platform.",
                access: .permission(.providersRead), parameters: [.asOf], answer: .one("Provider"), handler: get),
            Operation(
                method: .patch, path: "/v1/admin/providers/{platform}", id: "switchProvider",
                summary: "Pull or reset a platform's kill switch and its flags, together or not at all.",
                access: .permission(.providersEdit), budget: .emergency, body: SwitchBody.schema,
                answer: .write("Provider"), refusals: [409: "The platform is off, and its flags follow it."],
                handler: patch),
            Operation(
                method: .put, path: "/v1/admin/providers/{platform}/bot-identity", id: "linkBotIdentity",
                summary: "Say who the bot is on the platform. Never send a token.",
                access: .permission(.providersEdit), body: IdentityBody.schema, answer: .write("Provider"),
                handler: link),
            Operation(
                method: .delete, path: "/v1/admin/providers/{platform}/bot-identity", id: "unlinkBotIdentity",
                summary: "Forget who the bot is on the platform.", access: .permission(.providersEdit),
                answer: .write("Provider"), handler: unlink),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        try await services.read(call) { readModels in
            let documents = try Platform.allCases.map { try readModels.provider($0) }
            let counts = try Platform.allCases.map { try readModels.botCounts($0) }
            let page = PageRequest(perPage: Platform.allCases.count)
            let list = Answers.list(call, page, total: documents.count) { array in
                for (document, counts) in zip(documents, counts) { document.encode(counts, into: &array) }
            }
            return Answers.response(.ok, list)
        }
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let platform = try call.pathChoice("platform", Platform.self)
        return try await services.read(call) { readModels in
            let document = try readModels.provider(platform)
            let counts = try readModels.botCounts(platform)
            return Answers.one(call.selfHref(Self.href(platform))) { document.encode(counts, into: &$0) }
        }
    }

    @Sendable private func patch(_ call: Call) async throws -> Response {
        let platform = try call.pathChoice("platform", Platform.self)
        let body = try SwitchBody(call.json(), platform)
        let outcome = try await services.commands.switchProvider(
            platform, body.switches, reason: body.reason, ticket: body.ticket,
            call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, platform)
    }

    @Sendable private func link(_ call: Call) async throws -> Response {
        let platform = try call.pathChoice("platform", Platform.self)
        let body = try IdentityBody(call.json())
        let outcome = try await services.commands.linkBotIdentity(
            platform, body.identity, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, platform)
    }

    @Sendable private func unlink(_ call: Call) async throws -> Response {
        let platform = try call.pathChoice("platform", Platform.self)
        let outcome = try await services.commands.unlinkBotIdentity(
            platform, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, platform)
    }

    private func answer(_ call: Call, _ outcome: CommandOutcome, _ platform: Platform) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let document = try services.readModels.provider(platform)
        let counts = try services.readModels.botCounts(platform)
        return Answers.write(outcome, reach, Self.href(platform)) { document.encode(counts, into: &$0) }
    }

    private static func href(_ platform: Platform) -> String { "/v1/admin/providers/\(platform.rawValue)" }
}

extension ProviderDocument {
    fileprivate func encode(_ counts: [BotStatus: Int], into writer: inout JSONWriter) {
        let active = counts[.active] ?? 0, paused = counts[.paused] ?? 0
        writer.object { object in
            object.member("platform", platform.rawValue)
            object.member("enabled", isOn(.platform))
            object.member("login", isOn(.login))
            object.member("channel", isOn(.channel))
            object.member("bot", isOn(.bot))
            object.member("effective_bot", allowsBots)
            object.member("credentials", "not_configured")
            object.name("bot_identity")
            encodeIdentity(into: &object)
            object.name("counts")
            object.object {
                $0.member("channels", active + paused)
                $0.member("bots", active)
                $0.member("paused", paused)
            }
            object.member("reason", orNull: reason)
            object.member("ticket", orNull: ticket)
            object.member("updated_at", orNull: revision < 0 ? nil : updatedAt.description)
            object.member("updated_by", orNull: updatedBy)
            object.member("revision", revision)
        }
    }
}

/// `{"enabled"?, "login"?, "channel"?, "bot"?, "reason", "ticket"?, "confirm"?}`
private struct SwitchBody {
    let switches: [Provider.Switch], reason: String, ticket: String?

    private static let flags: [(name: String, flag: Provider.Flag, description: String)] = [
        ("enabled", .platform, "The kill switch of the whole platform."),
        ("login", .login, "Whether people can log in with it."),
        ("channel", .channel, "Whether new channels can be connected."),
        ("bot", .bot, "Whether bots act there."),
    ]

    static let schema: JSON = [
        "type": "object", "required": ["reason"], "additionalProperties": false,
        "anyOf": .array(flags.map { switches($0.name) }),
        "properties": .object(
            flags.map { name, _, description in
                JSON.Member(name, ["type": ["boolean", "null"], "description": .string(description)])
            } + [
                JSON.Member("reason", Schemas.text(Provider.reasonLengthMax, "Why; always asked for.")),
                JSON.Member("ticket", Schemas.nullableText(Provider.ticketLengthMax, "Where it is discussed.")),
                JSON.Member(
                    "confirm",
                    Schemas.nullableText(20, "The platform's name, when enabled or bot is to become false.")),
            ]),
    ]

    private static func switches(_ name: String) -> JSON {
        ["required": [.string(name)], "properties": .object([JSON.Member(name, ["type": "boolean"])])]
    }

    init(_ json: JSON, _ platform: Platform) throws {
        var body = ObjectReader(json)
        switches = Self.flags.compactMap { name, flag, _ in
            body.bool(name).map { Provider.Switch(flag, $0) }
        }
        let text = body.label("reason", lengthMax: Provider.reasonLengthMax)
        let reason = body.require("reason", text)
        ticket = body.label("ticket", lengthMax: Provider.ticketLengthMax)
        let halts = switches.contains { ($0.flag == .platform || $0.flag == .bot) && !$0.enabled }
        let confirm = body.label("confirm", lengthMax: 20)
        if halts, confirm != platform.rawValue {
            body.fail(
                "confirm", "confirmation_required",
                "must be \"\(platform.rawValue)\": this stops every bot on the platform at once")
        }
        if switches.isEmpty, body.failures.isEmpty {
            body.fail("", "required", "switches nothing: send at least one of enabled, login, channel, bot")
        }
        try body.finish()
        self.reason = reason ?? ""
    }
}

/// `{"username", "user_id"}`
private struct IdentityBody {
    let identity: Provider.BotIdentity

    static let schema: JSON = [
        "type": "object", "required": ["username", "user_id"], "additionalProperties": false,
        "properties": [
            "username": Schemas.text(Provider.usernameLengthMax, "As people see it."),
            "user_id": Schemas.text(Provider.usernameLengthMax, "The platform's id of the user."),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let name = body.label("username", lengthMax: Provider.usernameLengthMax)
        let username = body.require("username", name)
        let id = body.label("user_id", lengthMax: Provider.usernameLengthMax)
        let userID = body.require("user_id", id)
        try body.finish()
        identity = Provider.BotIdentity(username: username ?? "", userID: userID ?? "")
    }
}
