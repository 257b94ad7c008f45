import Domain

extension RuntimeStore {
    /// In the order in which they were made.
    package var webhooks: [Webhook] { webhookBoard.all.map(\.webhook) }

    package func webhook(_ id: String) -> Webhook? { webhookBoard.entry(id)?.webhook }

    /// What could not be told, by position.
    package func parked(_ id: String) -> [ParkedDelivery] {
        (webhookBoard.entry(id)?.parked.values).map { $0.sorted { $0.position < $1.position } } ?? []
    }

    /// - Throws: `RuntimeStoreError` when there are too many, or what the disk says; there is no such webhook then.
    package func addWebhook(_ webhook: Webhook) throws {
        guard webhookBoard.add(webhook, countMax: limits.webhooksMax) else {
            throw RuntimeStoreError.tooManyWebhooks(limits.webhooksMax)
        }
        do {
            try write { try WebhookBoard.save([WebhookBoard.Entry(webhook: webhook)], $0) }
        } catch {
            _ = webhookBoard.remove(webhook.id)
            throw error
        }
    }

    /// Written before it returns; what the disk refuses is written with the next batch.
    package func changeWebhook(_ id: String, _ change: (inout Webhook) -> Void) throws -> Webhook? {
        guard let entry = webhookBoard.update(id, { change(&$0.webhook) }) else { return nil }
        try write { try WebhookBoard.save([entry], $0) }
        return entry.webhook
    }

    package func removeWebhook(_ id: String) throws -> Bool {
        guard webhookBoard.remove(id) != nil else { return false }
        try write { try WebhookBoard.delete(id, $0) }
        return true
    }

    /// What has become of an attempt. Written with the next batch: what was told is told again after a crash, at most.
    package func record(_ progress: Webhook.Progress, of id: String, parking delivery: ParkedDelivery? = nil) {
        _ = webhookBoard.update(id) { entry in
            // Somebody has disabled it meanwhile: that stands.
            let isDisabled = entry.webhook.progress.state == .disabled
            entry.webhook.progress = progress
            if isDisabled { entry.webhook.progress.state = .disabled }
            if let delivery { entry.parked[delivery.position] = delivery }
        }
    }

    /// It was told after all; or not, and stays parked.
    package func unpark(_ position: Int, of id: String, failing delivery: ParkedDelivery?) {
        _ = webhookBoard.update(id) { $0.parked[position] = delivery }
    }

    /// What is parked is tried again, and so is the webhook itself.
    ///
    /// - Parameter positions: nil for all.
    /// - Returns: how many; nil when there is no such webhook.
    package func replayWebhook(_ id: String, _ positions: Set<Int>?) throws -> Int? {
        var count = 0
        guard
            let entry = webhookBoard.update(
                id,
                { entry in
                    for position in entry.parked.keys where positions?.contains(position) ?? true {
                        entry.parked[position]?.isQueued = true
                        count += 1
                    }
                    entry.webhook.progress.restart()
                })
        else { return nil }
        try write { try WebhookBoard.save([entry], $0) }
        return count
    }

    func persistWebhooks() throws {
        let entries = webhookBoard.takeUnsaved()
        guard !entries.isEmpty else { return }
        do {
            // Those that were removed meanwhile stay removed: one writes at a time.
            try write { db in
                try WebhookBoard.save(entries.filter { webhookBoard.entry($0.webhook.id) != nil }, db)
            }
        } catch {
            webhookBoard.putBack(entries)
            throw error
        }
    }
}

extension Webhook.Progress {
    /// Begins anew where it stands.
    package mutating func restart() {
        (state, attempts, parkedInRow) = (.active, 0, 0)
        (nextAttemptAt, failingSince, problem) = (nil, nil, nil)
    }
}
