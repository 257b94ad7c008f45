import Commands
import Domain
import Hummingbird
import Projections

/// Which account each Discord guild belongs to.
struct GuildRoutes {
    let services: Services

    var operations: [Operation] {
        let path = "/v1/admin/discord-guilds/{guild_id}"
        return [
            Operation(
                method: .get, path: "/v1/admin/discord-guilds", id: "listGuilds",
                summary: "List the Discord guilds by name.", access: .permission(.discordGuildsRead),
                parameters: [Self.search, .page, .perPage, .asOf], answer: .list("Guild"), handler: list),
            Operation(
                method: .get, path: path, id: "getGuild", summary: "Read one guild.",
                access: .permission(.discordGuildsRead), parameters: [.asOf], answer: .one("Guild"),
                refusals: [404: "The guild belongs to nobody, or to another account."], handler: get),
            Operation(
                method: .put, path: path, id: "mapGuild",
                summary: "Say which account a guild belongs to. A guild has one account at a time.",
                access: .permission(.discordGuildsEdit), body: MapBody.schema, answer: .write("Guild"),
                refusals: [404: "There is no such account.", 409: "The guild belongs to another account."],
                handler: map),
            Operation(
                method: .delete, path: path, id: "unmapGuild",
                summary: "Take a guild from its account. The bot stays in the guild.",
                access: .permission(.discordGuildsEdit), answer: .write("Guild"),
                refusals: [404: "The guild belongs to another account."], handler: unmap),
        ]
    }

    private static let search = Operation.Parameter(
        "search", ["type": "string", "maxLength": 200], "A part of the guild's name, or an id of guild or account.")

    @Sendable private func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let search = query.string("search", lengthMax: 200)
        let page = PageRequest(&query)
        try query.finish()
        return try await services.read(call) { readModels in
            let found = try readModels.guilds(
                search: search, of: call.caller.ownAccount, offset: page.offset, limit: page.perPage)
            let list = Answers.list(call, page, total: found.total) { array in
                for guild in found.rows { guild.encode(into: &array) }
            }
            return Answers.response(.ok, list)
        }
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let id = try call.pathGuild(), own = call.caller.ownAccount
        return try await services.read(call) { readModels in
            guard let guild = try readModels.guild(id), own == nil || own == guild.accountID else {
                throw APIError.notFound("you have no guild \(id): check its id, or map it with PUT")
            }
            return Answers.unlessKnown(call, revision: guild.revision) {
                Answers.one(call.selfHref(Self.href(id)), etag: guild.revision) { guild.encode(into: &$0) }
            }
        }
    }

    @Sendable private func map(_ call: Call) async throws -> Response {
        let id = try call.pathGuild()
        let body = try MapBody(call.json())
        try Authoriser.requireReach(body.account, call.caller)
        let outcome = try await services.commands.mapGuild(
            id, to: body.account, name: body.name, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }

    @Sendable private func unmap(_ call: Call) async throws -> Response {
        let id = try call.pathGuild()
        let outcome = try await services.commands.unmapGuild(
            id, of: call.caller.ownAccount, call.commandRequest(now: services.clock.now))
        return try await answer(call, outcome, id)
    }

    private func answer(_ call: Call, _ outcome: CommandOutcome, _ id: GuildID) async throws -> Response {
        let reach = try await services.reach(outcome, for: call)
        let guild = try services.readModels.guild(id)
        return Answers.write(outcome, reach, Self.href(id), etag: guild?.revision) { data in
            if let guild { guild.encode(into: &data) } else { data.null() }
        }
    }

    private static func href(_ id: GuildID) -> String { "/v1/admin/discord-guilds/\(id)" }
}

extension Call {
    fileprivate func pathGuild() throws(ValidationFailed) -> GuildID {
        guard let id = GuildID(rawValue: path("guild_id")) else {
            throw ValidationFailed(path: "guild_id", code: "not_allowed", message: GuildID.rule)
        }
        return id
    }
}

/// `{"account_id", "name"}`
private struct MapBody {
    let account: AccountID, name: String

    static let schema: JSON = [
        "type": "object", "required": ["account_id", "name"], "additionalProperties": false,
        "properties": [
            "account_id": ["type": "string", "pattern": .string(AccountID.pattern)],
            "name": Schemas.text(Guild.nameLengthMax, "As people see the guild."),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let given = body.account("account_id")
        let account = body.require("account_id", given)
        let label = body.label("name", lengthMax: Guild.nameLengthMax)
        let name = body.require("name", label)
        try body.finish()
        guard let account, let name else { throw ValidationFailed(body.failures) }
        (self.account, self.name) = (account, name)
    }
}
