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

    /// More than there are.
    private static let rowsMax = Int(Int32.max)

    /// That a bot has fallen silent is no event: pages of the list are made anew so often.
    private static let silenceSeenAfterMicroseconds = 10_000_000

    var version: @Sendable () -> Int {
        { [services] in
            services.readModels.version(of: .account, .bot, .provider) + services.runtime.heartbeatVersion
                + Int(services.clock.now.microseconds / Self.silenceSeenAfterMicroseconds)
        }
    }

    static let parameters: [Operation.Parameter] = [
        .choice("platform", Platform.self, "Only this platform."), .search,
        .choice("status", BotStatus.self, "Only bots with this status."),
        .choice("hearing", Hearing.self, "Only bots that run and hear like this; of now only."), .page, .perPage, .asOf,
    ]

    @Sendable func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let filter = StatusFilter(
            platform: query.choice("platform", of: Platform.self), search: query.string("search", lengthMax: 200),
            status: query.choice("status", of: BotStatus.self), account: call.caller.ownAccount)
        let hearing = query.choice("hearing", of: Hearing.self)
        if hearing != nil, call.asOf != nil {
            query.fail("hearing", "not_allowed", "is known of now only: leave out as_of")
        }
        let page = PageRequest(&query)
        try query.finish()
        return try await services.read(call) { readModels in
            try services.pages.answer(to: call) {
                let providers = try ProviderSwitches(readModels)
                let rows = try self.rows(readModels, filter, hearing, providers, page)
                // Heartbeats are no history.
                let runtime = call.asOf == nil ? services.runtime : nil
                return Answers.list(call, page, total: rows.total) { array in
                    for row in rows.rows { row.encode(providers, runtime, into: &array) }
                }
            }
        }
    }

    /// What bots hear is in memory and not in the read models: all rows are looked at when it is asked for.
    private func rows(
        _ readModels: any ReadModelsReading, _ filter: StatusFilter, _ hearing: Hearing?,
        _ providers: ProviderSwitches, _ page: PageRequest
    ) throws -> ListPage<StatusRow> {
        guard let hearing else {
            return try readModels.statuses(filter, offset: page.offset, limit: page.perPage)
        }
        let rows = try readModels.statuses(filter, offset: 0, limit: Self.rowsMax).rows.filter {
            $0.hearing(providers, services.runtime)?.0 == hearing
        }
        return ListPage(rows: Array(rows.dropFirst(page.offset).prefix(page.perPage)), total: rows.count)
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
    func effective(_ providers: ProviderSwitches) -> EffectiveState {
        EffectiveState(status, providerAllowsBots: providers.allowsBots(platform))
    }

    /// nil of a bot that is not to hear anything.
    func hearing(_ providers: ProviderSwitches, _ runtime: RuntimeStore?) -> (Hearing, reason: String?)? {
        effective(providers) == .running ? runtime?.hearing(accountID, platform) : nil
    }

    /// The representation `BotStatus`.
    ///
    /// - Parameter runtime: knows the heartbeats; nil for a row of the past.
    func encode(_ providers: ProviderSwitches, _ runtime: RuntimeStore?, into writer: inout JSONWriter) {
        let heartbeat = runtime?.lastHeartbeat(accountID, platform)
        let pause = bot?.pause
        let hearing = hearing(providers, runtime)
        writer.object { object in
            object.member("account_id", accountID.rawValue)
            object.member("account_name", accountName)
            object.member("platform", platform.rawValue)
            object.member("status", status.rawValue)
            object.member("effective", effective(providers).rawValue)
            object.member("paused_reason", orNull: pause?.reason)
            object.member("paused_until", orNull: pause?.until?.description)
            object.member("paused_by", orNull: pause?.by)
            object.member("last_heartbeat_at", orNull: heartbeat?.description)
            object.member("hearing", orNull: hearing?.0.rawValue)
            object.member("deaf_reason", orNull: hearing?.reason)
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
