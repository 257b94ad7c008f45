import Domain
import Projections

/// `{"filter": {"platform"?, "search"?, "status"?}, "paused", "reason"?, "until"?, "preview": true | "hash"}`
struct BulkBody {
    let filter: StatusFilter, paused: Bool, reason: String?, until: Timestamp?
    /// nil for a preview.
    let hash: String?

    private static let hashPattern = "^[0-9a-f]{64}$"

    static let schema: JSON = [
        "type": "object", "required": ["filter", "paused"], "additionalProperties": false,
        "oneOf": [
            ["required": ["preview"], "properties": ["preview": ["const": true], "hash": ["type": "null"]]],
            [
                "required": ["hash"],
                "properties": ["hash": ["type": "string"], "preview": ["enum": [false, nil]]],
            ],
        ],
        "properties": [
            "filter": [
                "type": "object", "additionalProperties": false,
                "description": "As of the list of statuses; an empty one is every connected bot.",
                "properties": [
                    "platform": Schemas.nullableChoice(Platform.self),
                    "search": ["type": ["string", "null"], "maxLength": 200],
                    "status": Schemas.nullableChoice(BotStatus.self),
                ],
            ],
            "paused": ["type": "boolean", "description": "The state that the bots are to be in."],
            "reason": Schemas.nullableText(Bot.reasonLengthMax, "Why; the journal keeps it with every bot."),
            "until": Schemas.nullableMoment("When the pauses end by themselves; only with paused: true, and to come."),
            "preview": ["type": ["boolean", "null"], "description": "Only show which bots it would be."],
            "hash": [
                "type": ["string", "null"], "pattern": .string(hashPattern),
                "description": "Of the preview: exactly those bots, as they were then.",
            ],
        ],
    ]

    init(_ json: JSON, now: Timestamp) throws {
        var body = ObjectReader(json)
        let object = body.object("filter")
        let filter = body.require("filter", object)
        let flag = body.bool("paused")
        let paused = body.require("paused", flag)
        reason = body.label("reason", lengthMax: Bot.reasonLengthMax)
        until = body.moment("until")
        if until != nil, paused == false { body.fail("until", "not_allowed", "goes with \"paused\": true only") }
        if let until, until <= now { body.fail("until", "out_of_range", "must be a moment to come") }
        let isPreview = body.bool("preview") ?? false
        hash = body.string("hash", lengthMax: 64)
        if let hash, hash.wholeMatch(of: /[0-9a-f]{64}/) == nil {
            body.fail("hash", "not_allowed", "must be the hash of a preview, 64 hexadecimal digits")
        }
        if isPreview == (hash != nil), body.failures.isEmpty {
            body.fail("hash", "required", "is required: send \"preview\": true first, then the hash that it answers")
        }
        self.filter = Self.filter(filter ?? .emptyObject, &body)
        try body.finish()
        self.paused = paused ?? false
    }

    private static func filter(_ json: JSON, _ body: inout ObjectReader) -> StatusFilter {
        var reader = ObjectReader(json, path: "filter")
        let filter = StatusFilter(
            platform: reader.choice("platform", of: Platform.self), search: reader.string("search", lengthMax: 200),
            status: reader.choice("status", of: BotStatus.self))
        reader.refuseUnknown()
        body.add(reader.failures)
        return filter
    }
}
