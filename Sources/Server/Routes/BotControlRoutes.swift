import Commands
import Domain
import Hummingbird
import Projections
import Runtime

/// Bot control: what every bot does, and the switch that pauses one.
struct BotControlRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/admin/bot-control/statuses", id: "listBotStatuses",
                summary: "List the status of every account's bot on every platform, connected or not.",
                access: .permission(.botControlRead),
                parameters: Self.parameters, answer: .list("BotStatus"), version: version, handler: list),
            Operation(
                method: .put, path: "/v1/admin/bot-control/{account_id}/{platform}", id: "setBotPaused",
                summary: "Pause or resume one account's bot on one platform. Says the target, so it can be repeated.",
                access: .permission(.botControlEdit), budget: .emergency, body: PauseBody.schema,
                answer: .write("BotStatus"),
                refusals: [404: "There is no such account.", 409: "The account has no bot there."], handler: put),
        ]
    }

    var version: @Sendable () -> Int {
        { [services] in
            services.readModels.version(of: .account, .bot, .provider) + services.runtime.heartbeatVersion
        }
    }

    static let parameters: [Operation.Parameter] = [
        .choice("platform", Platform.self, "Only this platform."), .search,
        .choice("status", BotStatus.self, "Only bots with this status."), .page, .perPage, .asOf,
    ]

    @Sendable func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let filter = StatusFilter(
            platform: query.choice("platform", of: Platform.self), search: query.string("search", lengthMax: 200),
            status: query.choice("status", of: BotStatus.self), account: call.caller.ownAccount)
        let page = PageRequest(&query)
        try query.finish()
        return try await services.read(call) { readModels in
            try services.pages.answer(to: call) {
                let rows = try readModels.statuses(filter, offset: page.offset, limit: page.perPage)
                let providers = try ProviderSwitches(readModels)
                // Heartbeats are no history.
                let runtime = call.asOf == nil ? services.runtime : nil
                return Answers.list(call, page, total: rows.total) { array in
                    for row in rows.rows { row.encode(providers, runtime, into: &array) }
                }
            }
        }
    }

    @Sendable private func put(_ call: Call) async throws -> Response {
        let account = try call.pathAccount()
        let platform = try call.pathChoice("platform", Platform.self)
        return try await set(PauseBody(call.json()), account, platform, call)
    }

    /// Brings a bot into a state, whatever it was in.
    func set(
        _ body: PauseBody, _ account: AccountID, _ platform: Platform, _ call: Call
    ) async throws -> Response {
        try Authoriser.requireReach(account, call.caller)
        let request = try call.commandRequest(now: services.clock.now)
        let outcome =
            body.paused
            ? try await services.commands.pauseBot(account, platform, reason: body.reason, until: body.until, request)
            : try await services.commands.resumeBot(account, platform, reason: body.reason, request)
        return try await answer(call, outcome, account, platform)
    }

    /// The status after a command on a bot; connecting and disconnecting answer the same.
    func answer(
        _ call: Call, _ outcome: CommandOutcome, _ account: AccountID, _ platform: Platform
    ) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let row = try services.readModels.status(account, platform)
        let providers = try ProviderSwitches(services.readModels, of: [platform])
        let href = "/v1/admin/bot-control/\(account)/\(platform.rawValue)"
        return Answers.write(outcome, reach, href) { data in
            if let row { encode(row, providers, into: &data) } else { data.null() }
        }
    }

    private func encode(_ row: StatusRow, _ providers: ProviderSwitches, into writer: inout JSONWriter) {
        row.encode(providers, services.runtime, into: &writer)
    }
}

extension StatusRow {
    /// The representation `BotStatus`.
    ///
    /// - Parameter runtime: knows the heartbeats; nil for a row of the past.
    func encode(_ providers: ProviderSwitches, _ runtime: RuntimeStore?, into writer: inout JSONWriter) {
        let heartbeat = runtime?.lastHeartbeat(accountID, platform)
        let pause = bot?.pause
        let effective = EffectiveState(status, providerAllowsBots: providers.allowsBots(platform))
        writer.object { object in
            object.member("account_id", accountID.rawValue)
            object.member("account_name", accountName)
            object.member("platform", platform.rawValue)
            object.member("status", status.rawValue)
            object.member("effective", effective.rawValue)
            object.member("paused_reason", orNull: pause?.reason)
            object.member("paused_until", orNull: pause?.until?.description)
            object.member("paused_by", orNull: pause?.by)
            object.member("last_heartbeat_at", orNull: heartbeat?.description)
            object.member("updated_at", orNull: bot?.updatedAt.description)
            object.member("revision", bot?.revision ?? -1)
        }
    }
}

/// `{"paused": bool, "reason"?: string, "until"?: RFC 3339}`
struct PauseBody {
    let paused: Bool, reason: String?, until: Timestamp?

    init(paused: Bool, reason: String?) {
        (self.paused, self.reason, until) = (paused, reason, nil)
    }

    static let schema: JSON = [
        "type": "object", "required": ["paused"], "additionalProperties": false,
        "properties": [
            "paused": ["type": "boolean", "description": "The state that the bot is to be in."],
            "reason": Schemas.nullableText(Bot.reasonLengthMax, "Why; the journal keeps it."),
            "until": Schemas.nullableMoment("When the pause ends by itself; only with paused: true, and to come."),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let flag = body.bool("paused")
        let paused = body.require("paused", flag)
        reason = body.label("reason", lengthMax: Bot.reasonLengthMax)
        until = body.moment("until")
        if until != nil, paused == false { body.fail("until", "not_allowed", "goes with \"paused\": true only") }
        try body.finish()
        self.paused = paused ?? false
    }
}

/// Which platforms let bots act, read once for a list.
struct ProviderSwitches {
    private let halted: Set<Platform>

    init(_ readModels: any ReadModelsReading, of platforms: [Platform] = Platform.allCases) throws {
        halted = Set(try platforms.filter { try !readModels.provider($0).allowsBots })
    }

    func allowsBots(_ platform: Platform) -> Bool { !halted.contains(platform) }
}
