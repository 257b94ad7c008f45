import Domain
import EventStore

extension CommandHandler {
    /// So many commands of one request wait for the journal at once; it writes them together.
    private static let switchesAtOnceMax = 64

    /// Pauses or resumes many bots. Each is a command of its own: one that is refused keeps none of the others.
    ///
    /// - Parameters:
    ///   - select: which ones; not asked when the answer was given before.
    ///   - describe: says why one of them was not done.
    package func switchBots(
        _ request: CommandRequest, select: () throws -> BotSwitches,
        describe: @escaping @Sendable (any Error) -> BotSwitches.Failed
    ) async throws -> BotSwitches.Outcome {
        guard let idempotency = request.idempotency else {
            return try await carryOut(select(), request, describe)
        }
        return try await exclusively(idempotency) {
            if let before = try journal.answer(for: idempotency.key) {
                guard before.fingerprint == idempotency.fingerprint else { throw IdempotencyConflict.otherRequest }
                return try BotSwitches.Outcome(meta: before.meta)
            }
            let outcome = try await carryOut(select(), request, describe)
            try await keep(outcome, idempotency)
            return outcome
        }
    }

    private func carryOut(
        _ switches: BotSwitches, _ request: CommandRequest,
        _ describe: @escaping @Sendable (any Error) -> BotSwitches.Failed
    ) async throws -> BotSwitches.Outcome {
        let rows = await withTaskGroup(of: (Int, BotSwitches.Row).self) { group in
            var rows: [(Int, BotSwitches.Row)] = []
            for (number, target) in switches.targets.enumerated() {
                if number >= Self.switchesAtOnceMax, let done = await group.next() { rows.append(done) }
                group.addTask { (number, await self.carryOut(switches, target, request, describe)) }
            }
            for await done in group { rows.append(done) }
            return rows.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return BotSwitches.Outcome(rows: rows, replayed: false)
    }

    /// The command names the revision that the operator has seen: whoever was quicker with this bot wins.
    private func carryOut(
        _ switches: BotSwitches, _ target: BotSwitches.Target, _ request: CommandRequest,
        _ describe: @Sendable (any Error) -> BotSwitches.Failed
    ) async -> BotSwitches.Row {
        let one = CommandRequest(metadata: request.metadata, seenRevision: target.revision)
        do {
            let outcome =
                switches.paused
                ? try await pauseBot(
                    target.account, target.platform, reason: switches.reason, until: switches.until, one)
                : try await resumeBot(target.account, target.platform, reason: switches.reason, one)
            let done = BotSwitches.Done(changed: outcome.changed, position: outcome.position)
            return BotSwitches.Row(account: target.account, platform: target.platform, result: .success(done))
        } catch {
            return BotSwitches.Row(
                account: target.account, platform: target.platform, result: .failure(describe(error)))
        }
    }

    /// What an outage has kept from being done is to be tried again, not to be answered the same for a day.
    private func keep(_ outcome: BotSwitches.Outcome, _ idempotency: CommandRequest.Idempotency) async throws {
        let isOutage = outcome.rows.contains {
            if case .failure(let failed) = $0.result { failed.isOutage } else { false }
        }
        guard !isOutage, let first = outcome.rows.first else { return }
        let meta = outcome.meta
        let record = IdempotencyRecord(key: idempotency.key, fingerprint: idempotency.fingerprint, status: 200) { _ in
            meta
        }
        let stream = EntityID.bot(first.account, first.platform).stream
        _ = try await journal.append([], to: stream, expected: .any, idempotency: record)
    }
}
