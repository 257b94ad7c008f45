import Domain
import EventStore
import Foundation
import Hummingbird
import Logging
import Runtime

/// Webhooks: who is told of events, how far, and what could not be told.
struct EventWebhookRoutes {
    private static let path = "/v1/admin/webhooks"
    private static let one = path + "/{id}"
    private static let missing = [404: "There is no such webhook."]

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: Self.path, id: "listWebhooks", summary: "List the webhooks, and how they stand.",
                access: .permission(.webhooksRead), answer: .list("Webhook"), handler: list),
            Operation(
                method: .post, path: Self.path, id: "createWebhook",
                summary: "Tell somebody of events, signed (Standard Webhooks). The secret is in this answer alone.",
                access: .permission(.webhooksEdit), body: WebhookBody.schema, answer: .one("NewWebhook"),
                refusals: [404: "The account is another's.", 409: "There are too many webhooks."], handler: create),
            Operation(
                method: .get, path: Self.one, id: "getWebhook", summary: "Read one webhook, without its secret.",
                access: .permission(.webhooksRead), answer: .one("Webhook"), refusals: Self.missing, handler: get),
            Operation(
                method: .patch, path: Self.one, id: "changeWebhook",
                summary: "Change a webhook; members that are absent stay. Enabling it begins anew where it stands.",
                access: .permission(.webhooksEdit), body: WebhookChange.schema, answer: .one("Webhook"),
                refusals: Self.missing, handler: change),
            Operation(
                method: .delete, path: Self.one, id: "deleteWebhook", summary: "Tell a webhook nothing any more.",
                access: .permission(.webhooksEdit), answer: .one("Webhook"), refusals: Self.missing, handler: delete),
        ] + repairs
    }

    private var repairs: [Operation] {
        [
            Operation(
                method: .get, path: "\(Self.one)/parked", id: "listParkedDeliveries",
                summary: "List the events that a webhook could not be told.", access: .permission(.webhooksRead),
                parameters: [.page, .perPage], answer: .list("ParkedDelivery"), refusals: Self.missing,
                handler: parked),
            Operation(
                method: .post, path: "\(Self.one)/replay", id: "replayWebhook",
                summary: "Try again: a parked webhook where it stands, and events that are parked.",
                access: .permission(.webhooksEdit), body: ReplayBody.schema, answer: .one("Webhook"),
                refusals: Self.missing.merging([409: "It is disabled, or of another journal."]) { $1 },
                handler: replay),
            Operation(
                method: .post, path: "\(Self.one)/rotate-secret", id: "rotateWebhookSecret",
                summary: "Sign with a new secret. For a day the old one signs, too.",
                access: .permission(.webhooksEdit), answer: .one("NewWebhook"), refusals: Self.missing,
                handler: rotate),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let found = services.runtime.webhooks.filter { Self.reaches($0, call.caller) }
        let page = PageRequest(perPage: max(1, found.count))
        let list = Answers.list(call, page, total: found.count) { array in
            for webhook in found { encode(webhook, into: &array) }
        }
        return Answers.response(.ok, list)
    }

    @Sendable private func create(_ call: Call) async throws -> Response {
        let body = try WebhookBody(call.json(), services.webhookRules), now = services.clock.now
        // Whoever is told reads what was recorded.
        try Authoriser.require(.auditRead, call.caller)
        let account = try Authoriser.scope(body.account, call.caller)
        let position = min(body.after ?? services.journal.head, services.journal.head)
        let webhook = Webhook(
            id: UUID().uuidString.lowercased(), address: body.address, name: body.name, account: account,
            types: body.types, createdAt: now, createdBy: call.caller.actor.id, epoch: services.journal.epoch,
            secrets: WebhookSecrets(current: WebhookSecrets.fresh()), progress: Webhook.Progress(position: position))
        try written { try services.runtime.addWebhook(webhook) }
        return answer(webhook, showsSecret: true)
    }

    @Sendable private func get(_ call: Call) async throws -> Response { answer(try find(call)) }

    @Sendable private func change(_ call: Call) async throws -> Response {
        let body = try WebhookChange(call.json(), services.webhookRules), known = try find(call)
        try Authoriser.require(.auditRead, call.caller)
        let changed = try written {
            try services.runtime.changeWebhook(known.id) { webhook in
                webhook.address = body.address ?? webhook.address
                webhook.name = body.name ?? webhook.name
                webhook.types = body.types ?? webhook.types
                switch (body.enabled, webhook.progress.state) {
                case (false, _): webhook.progress.state = .disabled
                case (true, .disabled), (true, .parked): webhook.progress.restart()
                case (true, .active), (nil, _): break
                }
            }
        }
        guard let changed else { throw Self.noSuchWebhook }
        return answer(changed)
    }

    @Sendable private func delete(_ call: Call) async throws -> Response {
        let webhook = try find(call), response = answer(webhook)
        guard try written({ try services.runtime.removeWebhook(webhook.id) }) else { throw Self.noSuchWebhook }
        return response
    }

    @Sendable private func parked(_ call: Call) async throws -> Response {
        let webhook = try find(call)
        var query = try call.query()
        let page = PageRequest(&query)
        try query.finish()
        let parked = services.runtime.parked(webhook.id)
        let list = Answers.list(call, page, total: parked.count) { array in
            for delivery in parked.dropFirst(page.offset).prefix(page.perPage) { delivery.encode(into: &array) }
        }
        return Answers.response(.ok, list)
    }

    @Sendable private func replay(_ call: Call) async throws -> Response {
        let body = try ReplayBody(call.json()), webhook = try find(call)
        guard webhook.progress.state != .disabled else {
            throw APIError(.conflict, "webhook_disabled", "the webhook is disabled: enable it first")
        }
        guard webhook.epoch == services.journal.epoch else {
            throw APIError(
                .conflict, "other_journal", "its positions are those of another journal: delete it and create it anew")
        }
        guard try written({ try services.runtime.replayWebhook(webhook.id, body.positions) }) != nil else {
            throw Self.noSuchWebhook
        }
        return answer(try find(call))
    }

    @Sendable private func rotate(_ call: Call) async throws -> Response {
        let webhook = try find(call), now = services.clock.now
        let changed = try written {
            try services.runtime.changeWebhook(webhook.id) {
                $0.secrets = $0.secrets.rotated(to: WebhookSecrets.fresh(), at: now)
            }
        }
        guard let changed else { throw Self.noSuchWebhook }
        return answer(changed, showsSecret: true)
    }

    // MARK: who may, and what is shown

    private static let noSuchWebhook = APIError.notFound(
        "there is no such webhook: GET /v1/admin/webhooks lists them")

    /// A foreign one looks the same as none.
    private static func reaches(_ webhook: Webhook, _ caller: Caller) -> Bool {
        caller.ownAccount == nil || caller.ownAccount == webhook.account
    }

    private func find(_ call: Call) throws -> Webhook {
        guard let webhook = services.runtime.webhook(call.path("id")), Self.reaches(webhook, call.caller) else {
            throw Self.noSuchWebhook
        }
        return webhook
    }

    private func written<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as RuntimeStoreError {
            throw error
        } catch {
            services.logger.error("webhooks could not be written", metadata: ["error": "\(error)"])
            throw APIError(
                .serviceUnavailable, "storage_failed",
                "the disk refuses to write webhooks: free some space and send the request again",
                headers: [.retryAfter: "10"])
        }
    }

    private func answer(_ webhook: Webhook, showsSecret: Bool = false) -> Response {
        Answers.one("\(Self.path)/\(webhook.id)") { encode(webhook, showsSecret: showsSecret, into: &$0) }
    }

    private func encode(_ webhook: Webhook, showsSecret: Bool = false, into writer: inout JSONWriter) {
        let progress = webhook.progress, parkedCount = services.runtime.parked(webhook.id).count
        writer.object { object in
            object.member("id", webhook.id)
            object.member("url", webhook.address)
            object.member("name", orNull: webhook.name)
            object.member("account_id", orNull: webhook.account?.rawValue)
            object.name("types")
            object.array { array in webhook.types.forEach { array.string($0) } }
            object.member("state", progress.state.rawValue)
            object.member("position", progress.position)
            object.member("attempts", progress.attempts)
            object.member("next_attempt_at", orNull: progress.nextAttemptAt?.description)
            object.member("failing_since", orNull: progress.failingSince?.description)
            object.member("problem", orNull: progress.problem)
            object.member("parked_count", parkedCount)
            object.member("delivered_at", orNull: progress.deliveredAt?.description)
            object.member("created_at", webhook.createdAt.description)
            object.member("created_by", webhook.createdBy)
            if showsSecret { object.member("secret", webhook.secrets.currentText) }
        }
    }
}

extension ParkedDelivery {
    fileprivate func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", position)
            object.member("attempts", attempts)
            object.member("problem", problem)
            object.member("parked_at", parkedAt.description)
            object.member("queued", isQueued)
        }
    }
}
