import Commands
import Domain
import Hummingbird
import Projections
import Runtime

/// The workers: what they say, how far each has come, and what one of them asks for by account.
struct WorkerRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/admin/workers", id: "listWorkers",
                summary: "List the workers: who is live, how far each has come, and whether all hold the same.",
                access: .permission(.botControlRead), answer: .collection("Worker", meta: Self.meta), handler: list),
            Operation(
                method: .delete, path: "/v1/admin/workers/{name}", id: "forgetWorker",
                summary: "Miss a worker no longer that was lost for good. One that speaks again is back.",
                access: .permission(.botControlEdit), answer: .one("ForgottenWorker"),
                refusals: [404: "There is no such worker."], handler: forget),
            Operation(
                method: .post, path: "/v1/internal/acknowledgements", id: "acknowledge",
                summary: "Say how far a worker has come.", access: .system, body: Self.acknowledgement,
                answer: .one("Acknowledged"), handler: acknowledge),
            Operation(
                method: .get, path: "/v1/internal/bot-modules/{account_id}/triggers", id: "listTriggers",
                summary: "List what a worker runs for an account: its modules that are on, when its plan has modules.",
                access: .system, answer: .collection("Trigger", meta: Self.triggersMeta),
                refusals: [404: "There is no such account."], handler: triggers),
        ]
    }

    private static let meta: JSON = [
        "type": "object", "required": ["head", "live", "converged"],
        "properties": [
            "head": ["type": "integer", "minimum": 0, "description": "Position of the last change."],
            "live": ["type": "integer", "minimum": 0],
            "converged": [
                "type": ["boolean", "null"], "description": "All stand at the head; null when there is no worker.",
            ],
        ],
    ]
    private static let triggersMeta: JSON = [
        "type": "object", "required": ["position"], "properties": ["position": ["type": "integer", "minimum": 0]],
    ]
    private static let acknowledgement: JSON = [
        "type": "object", "required": ["worker", "transport", "epoch", "applied", "digest", "at"],
        "additionalProperties": false,
        "properties": [
            "worker": ["type": "string", "minLength": 1, "maxLength": .integer(Acknowledgement.workerLengthMax)],
            "transport": Schemas.choice(Acknowledgement.Transport.self),
            "epoch": ["type": "string", "minLength": 1, "maxLength": 128], "applied": Schemas.changeID,
            "seen": Schemas.nullableChangeID, "digest": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            "nacks": [
                "type": ["array", "null"], "maxItems": .integer(Acknowledgement.nacksMax),
                "items": [
                    "type": "object", "required": ["id", "kind", "key"], "additionalProperties": false,
                    "properties": [
                        "id": Schemas.changeID, "kind": Schemas.kind,
                        "key": ["type": "string", "maxLength": 256],
                        "reason": ["type": ["string", "null"], "maxLength": 1000],
                    ],
                ],
            ],
            "accounts": ["type": ["integer", "null"], "minimum": 0, "maximum": 2_147_483_647],
            "version": ["type": ["string", "null"], "maxLength": 64], "at": Schemas.moment,
            "goodbye": ["type": ["boolean", "null"]],
        ],
    ]

    @Sendable private func list(_ call: Call) async throws -> Response {
        let head = services.readModels.feedHead(at: services.clock.now).last
        let workers = services.runtime.workers
        let areThere = workers.allSatisfy { services.follows($0) && $0.acknowledgement.applied >= head }
        var writer = JSONWriter(capacityBytes: 4096)
        writer.object { body in
            body.name("data")
            body.array { array in
                for worker in workers { encode(worker, head, into: &array) }
            }
            Answers.links(["self": call.request.uri.string], into: &body)
            body.name("meta")
            body.object { meta in
                meta.member("head", head.position)
                meta.member("live", workers.count { $0.state == .live })
                meta.name("converged")
                if workers.isEmpty { meta.null() } else { meta.bool(areThere) }
            }
        }
        return Answers.response(.ok, writer)
    }

    private func encode(_ worker: KnownWorker, _ head: ChangeID, into writer: inout JSONWriter) {
        let said = worker.acknowledgement
        let isOurs = services.follows(worker)
        let ours = isOurs ? services.readModels.digest(after: said.applied) : nil
        let behind = isOurs ? max(0, head.position - said.applied.position) : head.position
        writer.object { object in
            object.member("worker", said.worker)
            object.member("state", worker.state.rawValue)
            object.member("transport", said.transport.rawValue)
            object.member("epoch", said.epoch)
            object.member("applied", said.applied.position)
            object.member("lag_positions", behind)
            object.name("lag_seconds")
            object.raw(Array("\(behind == 0 ? 0 : lagSeconds(said.applied))".utf8))
            object.name("digest_equal")
            if let ours { object.bool(ours.digest == said.digest) } else { object.null() }
            object.name("nacks")
            object.array { array in said.nacks.forEach { $0.encode(into: &array) } }
            object.member("accounts", said.accounts)
            object.member("version", said.version)
            object.member("last_seen_at", worker.receivedAt.description)
        }
    }

    /// How old the first change is that the worker lacks; 0 when nobody can say.
    private func lagSeconds(_ applied: ChangeID) -> Double {
        guard case .changes(let changes)? = try? services.readModels.changes(after: applied, limit: 1),
            let next = changes.first
        else { return 0 }
        return max(0, services.clock.now.seconds(since: next.recordedAt))
    }

    @Sendable private func forget(_ call: Call) async throws -> Response {
        let name = call.path("name")
        guard services.runtime.forgetWorker(name) else { throw APIError.notFound("there is no worker \(name)") }
        return Answers.one("/v1/admin/workers") { data in data.object { $0.member("worker", name) } }
    }

    @Sendable private func acknowledge(_ call: Call) async throws -> Response {
        let acknowledgement = try Acknowledgement(call.json())
        services.take(acknowledgement)
        return Answers.one("/v1/internal/acknowledgements") { data in
            data.object { $0.member("head", services.readModels.feedHead(at: services.clock.now).last.description) }
        }
    }

    @Sendable private func triggers(_ call: Call) async throws -> Response {
        let account = try call.pathAccount()
        let profile = try services.commands.requireAccount(account)
        let modules = profile.customBotAllowed ? try services.readModels.botModules(of: account).filter(\.enabled) : []
        var writer = JSONWriter(capacityBytes: 4096)
        writer.object { body in
            body.name("data")
            body.array { array in
                for module in modules { module.encodeTrigger(into: &array) }
            }
            Answers.links(["self": call.request.uri.string], into: &body)
            body.name("meta")
            body.object { $0.member("position", services.readModels.position) }
        }
        return Answers.response(.ok, writer)
    }
}

extension BotModuleDocument {
    /// Built-in modules have slugs in the extensions' catalogue, `system-link-protection`.
    fileprivate func encodeTrigger(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("kind", "builtin")
            object.member("slug", "system-" + module.rawValue.replacing("_", with: "-"))
            object.member("module_name", module.rawValue)
            object.member("trigger", module == .timedMessages ? "timer" : "message")
            object.name("config")
            object.raw(config.bytes)
            object.name("exempt_roles")
            object.raw(exemptRoles.bytes)
            object.member("revision", revision)
        }
    }
}
