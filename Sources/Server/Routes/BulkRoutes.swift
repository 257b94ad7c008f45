import Commands
import Crypto
import Domain
import Hummingbird
import Projections

/// Pausing or resuming every bot of a filter: first it is shown which ones, then exactly those are switched.
struct BulkRoutes {
    /// One request switches so many bots at most.
    static let countMax = 1_000
    static let sampleCount = 10
    static let path = "/v1/admin/bot-control/bulk"

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: Self.path, id: "switchBots",
                summary: "Pause or resume every connected bot of a filter: first with preview, then with its hash.",
                access: .permission(.botControlEdit), budget: .emergency, body: BulkBody.schema,
                answer: .write("BulkSwitch"),
                refusals: [409: "The bots of the filter are not those of the preview any more."], handler: post)
        ]
    }

    @Sendable private func post(_ call: Call) async throws -> Response {
        try call.refuseQuery()
        let body = try BulkBody(call.json(), now: services.clock.now)
        guard let hash = body.hash else { return try preview(call, body) }
        // Each bot has a revision of its own, and the hash holds all of them.
        let request = try call.commandRequest(now: services.clock.now, matches: false)
        let outcome = try await services.commands.switchBots(request) {
            let bots = try bots(body, for: call.caller).rows
            guard Self.hash(bots, body) == hash else { throw APIError.setChanged }
            return BotSwitches(bots.map(\.target), paused: body.paused, reason: body.reason, until: body.until)
        } describe: {
            let error = APIError($0)
            return BotSwitches.Failed(code: error.code, message: error.message, isOutage: error.status.code >= 500)
        }
        let reach = try await services.reach(outcome.command, for: call)
        return Answers.write(outcome.command, reach, Self.path) { Self.encode(outcome, hash, into: &$0) }
    }

    private func preview(_ call: Call, _ body: BulkBody) throws -> Response {
        let bots = try bots(body, for: call.caller)
        let providers = try ProviderSwitches(services.readModels)
        let unchanged = CommandOutcome.nothing(at: services.readModels.position)
        return Answers.write(unchanged, Reach(isVisible: true, convergence: nil), Self.path) { data in
            data.object { object in
                object.member("count", bots.total)
                object.member("already", bots.rows.count { ($0.status == .paused) == body.paused })
                object.member("hash", Self.hash(bots.rows, body))
                object.name("sample")
                object.array { array in
                    for row in bots.rows.prefix(Self.sampleCount) {
                        row.encode(providers, services.runtime, into: &array)
                    }
                }
                object.name("rows")
                object.null()
                object.name("failed")
                object.null()
            }
        }
    }

    private func bots(_ body: BulkBody, for caller: Caller) throws -> ListPage<StatusRow> {
        var filter = body.filter
        filter.account = caller.ownAccount
        let bots = try services.readModels.connectedBots(filter, limit: Self.countMax)
        guard bots.total <= Self.countMax else {
            throw ValidationFailed(
                path: "filter", code: "too_many",
                message: "matches \(bots.total) bots, and at most \(Self.countMax) are switched at once: narrow it, "
                    + "or pull the platform's kill switch")
        }
        return bots
    }

    /// Over the exact set, each bot with its revision, and over which way they are to be switched.
    private static func hash(_ bots: [StatusRow], _ body: BulkBody) -> String {
        var hasher = SHA256()
        hasher.update(data: Array("bots \(body.paused ? "paused" : "resumed")\n".utf8))
        for bot in bots.map(\.target) {
            hasher.update(data: Array("\(bot.account) \(bot.platform.rawValue) \(bot.revision)\n".utf8))
        }
        return hasher.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func encode(_ outcome: BotSwitches.Outcome, _ hash: String, into data: inout JSONWriter) {
        let failed = outcome.rows.count { if case .failure = $0.result { true } else { false } }
        let already = outcome.rows.count { (try? $0.result.get())?.changed == false }
        data.object { object in
            object.member("count", outcome.rows.count)
            object.member("already", already)
            object.member("hash", hash)
            object.name("sample")
            object.null()
            object.name("rows")
            object.array { array in outcome.rows.forEach { $0.encode(into: &array) } }
            object.member("failed", failed)
        }
    }
}

extension StatusRow {
    fileprivate var target: BotSwitches.Target {
        BotSwitches.Target(account: accountID, platform: platform, revision: bot?.revision ?? -1)
    }
}

extension APIError {
    fileprivate static let setChanged = APIError(
        .conflict, "set_changed",
        "the bots of this filter are not those of the preview any more: look at a new preview, then send its hash")
}
