import Domain
import Hummingbird

/// Bot control as the product's own page asks for it (the manual's proxy routes): the same operations in other words.
struct ProxyRoutes {
    let botControl: BotControlRoutes

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/api/bot-statuses", id: "listBotStatusesByProxy",
                summary: "List the status of every account's bot on every platform, as listBotStatuses does.",
                access: .permission(.botControlRead), parameters: BotControlRoutes.parameters,
                answer: .list("BotStatus"), version: botControl.version, handler: botControl.list),
            Operation(
                method: .post, path: "/api/bot-statuses/toggle", id: "toggleBotByProxy",
                summary: "Pause or resume one account's bot on one platform, as setBotPaused does.",
                access: .permission(.botControlEdit), budget: .emergency, body: ToggleBody.schema,
                answer: .write("BotStatus"),
                refusals: [404: "There is no such account.", 409: "The account has no bot there."], handler: toggle),
        ]
    }

    @Sendable private func toggle(_ call: Call) async throws -> Response {
        let body = try ToggleBody(call.json())
        return try await botControl.set(
            PauseBody(paused: body.paused, reason: body.reason), body.account, body.platform, call)
    }
}

/// `{"account_id", "platform", "paused", "reason"?}`
private struct ToggleBody {
    let account: AccountID, platform: Platform, paused: Bool, reason: String?

    static let schema: JSON = [
        "type": "object", "required": ["account_id", "platform", "paused"], "additionalProperties": false,
        "properties": [
            "account_id": ["type": "string", "pattern": .string(AccountID.pattern)],
            "platform": Schemas.choice(Platform.self),
            "paused": ["type": "boolean", "description": "The state that the bot is to be in."],
            "reason": Schemas.nullableText(Bot.reasonLengthMax, "Why; the journal keeps it."),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let id = body.account("account_id"), name = body.choice("platform", of: Platform.self)
        let flag = body.bool("paused")
        let account = body.require("account_id", id), platform = body.require("platform", name)
        let paused = body.require("paused", flag)
        reason = body.label("reason", lengthMax: Bot.reasonLengthMax)
        try body.finish()
        // All are there: `finish` would have thrown.
        (self.account, self.platform) = (account ?? AccountID(stored: ""), platform ?? .twitch)
        self.paused = paused ?? false
    }
}
