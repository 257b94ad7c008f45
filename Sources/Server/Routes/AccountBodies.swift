import Commands
import Domain

/// `{"account_id", "name", "plan", "custom_bot_allowed"?: bool|null}`
struct RegisterBody {
    let id: AccountID, name: String, plan: Plan, customBotAllowed: Bool?

    static let schema: JSON = [
        "type": "object", "required": ["account_id", "name", "plan"], "additionalProperties": false,
        "properties": [
            "account_id": ["type": "string", "pattern": .string(AccountID.pattern)],
            "name": Schemas.text(Account.nameLengthMax, "As people know the account."),
            "plan": Schemas.choice(Plan.self),
            "custom_bot_allowed": Schemas.ownLimit,
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let account = body.account("account_id")
        let id = body.require("account_id", account)
        let label = body.label("name", lengthMax: Account.nameLengthMax)
        let name = body.require("name", label)
        let choice = body.choice("plan", of: Plan.self)
        let plan = body.require("plan", choice)
        customBotAllowed = body.bool("custom_bot_allowed")
        try body.finish()
        guard let id, let name, let plan else { throw ValidationFailed(body.failures) }
        (self.id, self.name, self.plan) = (id, name, plan)
    }
}

/// `{"name"?, "plan"?, "custom_bot_allowed"?: bool|null}`; null takes the account's own limit away.
struct ChangeBody {
    let name: String?, plan: Plan?, limit: Account.Limit?

    static let schema: JSON = [
        "type": "object", "additionalProperties": false, "minProperties": 1,
        "properties": [
            "name": Schemas.nullableText(Account.nameLengthMax, "As people know the account."),
            "plan": Schemas.nullableChoice(Plan.self),
            "custom_bot_allowed": Schemas.ownLimit,
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        name = body.label("name", lengthMax: Account.nameLengthMax)
        plan = body.choice("plan", of: Plan.self)
        let own = body.bool("custom_bot_allowed")
        limit = body.sent("custom_bot_allowed") ? Account.Limit(own) : nil
        if json.members?.isEmpty == true {
            body.fail("", "required", "changes nothing: send at least one of name, plan, custom_bot_allowed")
        }
        try body.finish()
    }
}

/// `{"channel_id", "channel_name", "bot_user_id"?}`
struct ConnectBody {
    let connection: Bot.Connection

    static let schema: JSON = [
        "type": "object", "required": ["channel_id", "channel_name"], "additionalProperties": false,
        "properties": [
            "channel_id": Schemas.text(Bot.channelLengthMax, "The platform's id of the channel."),
            "channel_name": Schemas.text(Bot.channelLengthMax, "As people see it."),
            "bot_user_id": Schemas.nullableText(
                Bot.channelLengthMax, "The bot's own user, when it is not the platform's."),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let id = body.label("channel_id", lengthMax: Bot.channelLengthMax)
        let channelID = body.require("channel_id", id)
        let name = body.label("channel_name", lengthMax: Bot.channelLengthMax)
        let channelName = body.require("channel_name", name)
        let botUserID = body.label("bot_user_id", lengthMax: Bot.channelLengthMax)
        try body.finish()
        connection = Bot.Connection(
            channelID: channelID ?? "", channelName: channelName ?? "", botUserID: botUserID)
    }
}
