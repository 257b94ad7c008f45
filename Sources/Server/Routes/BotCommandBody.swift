import Domain

/// `{"response", "response_type"?, "description"?, "platforms"?, "minimum_role"?, "cooldown_seconds"?,
/// "user_cooldown_seconds"?, "enabled"?}`: the whole new value.
struct BotCommandBody {
    let definition: BotCommand.Definition

    private static let cooldowns = 0...BotCommand.cooldownSecondsMax

    static let schema: JSON = [
        "type": "object", "required": ["response"], "additionalProperties": false,
        "properties": [
            "description": Schemas.nullableText(BotCommand.descriptionLengthMax, "What the command is for."),
            "response_type": choice(
                BotCommand.ResponseType.self, "text",
                "text is said as it is, template with its variables filled in; automation names one that answers."),
            "response": Schemas.text(
                BotCommand.responseLengthMax,
                "A template's variables are {user} {channel} {platform} {uptime} {count} {random:a,b,c}."),
            "platforms": [
                "type": ["array", "null"], "minItems": 1, "maxItems": .integer(Platform.allCases.count),
                "items": Schemas.choice(Platform.self),
                "default": .array(Platform.allCases.map { .string($0.rawValue) }), "description": "Where it is obeyed.",
            ],
            "minimum_role": choice(
                CommandRole.self, "everyone", "Who may call it: this role and those above it."),
            "cooldown_seconds": seconds("Between two calls in a channel."),
            "user_cooldown_seconds": seconds("Between two calls by the same user."),
            "enabled": [
                "type": ["boolean", "null"], "default": true,
                "description": "Off, it is not obeyed; an account's command also hides the global one then.",
            ],
        ],
    ]

    private static func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type, _ fallback: String, _ description: String
    ) -> JSON {
        let members = Schemas.nullableChoice(type).members ?? []
        return .object(
            members + [.init("default", .string(fallback)), .init("description", .string(description))])
    }

    private static func seconds(_ description: String) -> JSON {
        [
            "type": ["integer", "null"], "minimum": 0, "maximum": .integer(cooldowns.upperBound), "default": 0,
            "description": .string(description),
        ]
    }

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let description = body.label("description", lengthMax: BotCommand.descriptionLengthMax)
        let type = body.choice("response_type", of: BotCommand.ResponseType.self) ?? .text
        let text = body.label("response", lengthMax: BotCommand.responseLengthMax)
        let response = body.require("response", text)
        if type == .template, let response { body.check(template: response) }
        let platforms = body.platforms()
        let role = body.choice("minimum_role", of: CommandRole.self) ?? .everyone
        let cooldown = body.integer("cooldown_seconds", in: Self.cooldowns) ?? 0
        let userCooldown = body.integer("user_cooldown_seconds", in: Self.cooldowns) ?? 0
        let enabled = body.bool("enabled") ?? true
        try body.finish()
        definition = BotCommand.Definition(
            description: description ?? "", responseType: type, response: response ?? "", platforms: platforms,
            minimumRole: role, cooldownSeconds: cooldown, userCooldownSeconds: userCooldown, enabled: enabled)
    }
}

extension ObjectReader {
    fileprivate mutating func check(template: String) {
        do throws(ResponseTemplate.Wrong) {
            _ = try ResponseTemplate(template)
        } catch {
            for message in error.messages { fail("response", "not_allowed", message) }
        }
    }

    /// All of them when nothing is said.
    fileprivate mutating func platforms() -> [Platform] {
        guard let entries = array("platforms", countMax: Platform.allCases.count) else { return Platform.allCases }
        if entries.isEmpty { fail("platforms", "too_few", "must name one at least; leave it out for all of them") }
        return entries.enumerated().compactMap { index, entry in
            guard let platform = entry.string.flatMap(Platform.init(rawValue:)) else {
                let names = Platform.allCases.map(\.rawValue)
                fail("platforms.\(index)", "not_allowed", NotAllowed.message(entry.string ?? "", among: names))
                return nil
            }
            return platform
        }
    }
}
