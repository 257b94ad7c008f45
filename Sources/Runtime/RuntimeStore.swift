import Domain
import Synchronization

/// What a running product must remember though it is neither history nor derived from it: `runtime.sqlite`.
///
/// Everything that is asked on the way of a request stands in memory; the file is for the next start, for receipts, and
/// for the moderation log. One connection writes, one reads what takes long, nobody else has the file open, and a
/// damaged one is set aside rather than in the way.
package final class RuntimeStore: Sendable {
    package static let fileName = "runtime.sqlite"

    /// What an operator must know about the opening: the old file was damaged and what was lost with it.
    package let notice: String?
    let clock: WallClock
    let limits: Limits
    let heartbeats: HeartbeatBoard
    let keyRing: KeyRing
    let revokedTokens: RevokedTokens
    let sessions: SessionBoard
    let workerBoard: WorkerBoard
    let receipts: Receipts
    let moderation: ModerationLog
    let moderationUpkeep: Mutex<ModerationUpkeep>
    let security: SecurityLog
    let securityUpkeep = Mutex(SecurityUpkeep())
    let keyValues = KeyValueTable()
    let webhookBoard: WebhookBoard
    private let file: RuntimeFile
    private let problem = Mutex<String?>(nil)

    /// How much is kept at most.
    package struct Limits: Sendable {
        package var heartbeatsMax = 1_000_000
        package var keysMax = 10_000
        package var revokedTokensMax = 100_000
        package var workersMax = 10_000
        package var sessionsMax = 10_000
        /// Of the moderation log: lines, and their age.
        package var moderationLinesMax = 100_000
        package var moderationSecondsMax = 7 * 86_400.0
        /// The same of the security log.
        package var securityLinesMax = 100_000
        package var securitySecondsMax = 90 * 86_400.0
        package var webhooksMax = 200

        package init() {}
    }

    /// Opens the file of a data directory, or begins one. Hold the directory's lock before you call it.
    /// - Throws: `RuntimeStoreError` when the file is of a newer program, a `DatabaseError` when the disk refuses.
    package static func open(
        directory: String, clock: WallClock = .system, limits: Limits = Limits()
    ) throws -> RuntimeStore {
        let opened = try RuntimeFile.open(path: directory + "/" + fileName, at: clock.now, limits: limits)
        return RuntimeStore(opened, clock: clock, limits: limits)
    }

    private init(_ opened: RuntimeFile.Opened, clock: WallClock, limits: Limits) {
        (file, notice) = (opened.file, opened.notice)
        (self.clock, self.limits) = (clock, limits)
        heartbeats = HeartbeatBoard(opened.contents.heartbeats, at: clock.now, countMax: limits.heartbeatsMax)
        keyRing = KeyRing(opened.contents.keys, countMax: limits.keysMax)
        revokedTokens = RevokedTokens(opened.contents.revokedTokens, countMax: limits.revokedTokensMax)
        sessions = SessionBoard(opened.contents.sessions, countMax: limits.sessionsMax)
        workerBoard = WorkerBoard(opened.contents.workers, countMax: limits.workersMax)
        receipts = Receipts(names: opened.contents.receiptNames)
        moderation = ModerationLog(opened.contents.moderation)
        webhookBoard = WebhookBoard(opened.contents.webhooks)
        security = SecurityLog(lastID: opened.contents.lastSecurityID)
        moderationUpkeep = Mutex(ModerationUpkeep(count: opened.contents.moderation.count))
    }

    /// Why telemetry could not be written the last time; nil when it could. It is tried again with the next batch.
    package var writeProblem: String? {
        problem.withLock { $0 } ?? moderationUpkeep.withLock { $0.problem } ?? securityUpkeep.withLock { $0.problem }
    }

    /// Grows with every revocation of a key or a token and every end of a session: whoever remembers a verified caller
    /// asks again when it moved.
    package var accessVersion: Int { keyRing.version + revokedTokens.version + sessions.version }

    /// Writes what is kept in memory only: heartbeats and when keys were last used. Call it every few seconds.
    package func persist() {
        problem.withLock { $0 = writeUnsaved() }
    }

    private func writeUnsaved() -> String? {
        let beats = heartbeats.takeUnsaved(at: clock.now)
        let uses = keyRing.takeUnsavedUses()
        let workers = workerBoard.takeUnsaved(), ranges = receipts.takeUnsaved()
        do {
            try persistWebhooks()
            try file.write { db in
                try HeartbeatBoard.save(beats, db)
                try KeyRing.saveUses(uses, db)
                try WorkerBoard.save(workers, db)
                try Receipts.save(ranges, db)
            }
            return nil
        } catch {
            heartbeats.putBack(beats)
            keyRing.putBack(uses)
            workerBoard.putBack(workers)
            receipts.putBack(ranges)
            return "\(Self.fileName) could not be written: \(RuntimeFile.reason(error))"
        }
    }

    /// Writes what waits and closes the file.
    package func close() {
        persist()
        persistModeration()
        persistSecurity()
        file.close()
    }

    func read<Value>(_ body: (RuntimeFile.Connection) throws -> Value) throws -> Value { try file.read(body) }

    /// On a connection of its own, which holds up nobody.
    func readAside<Value: Sendable>(
        _ body: @escaping @Sendable (RuntimeFile.Connection) throws -> Value
    ) async throws -> Value { try await file.readAside(body) }

    func write(_ body: (RuntimeFile.Connection) throws -> Void) throws { try file.write(body) }
}
