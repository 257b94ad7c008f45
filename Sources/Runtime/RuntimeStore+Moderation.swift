import Domain
import Synchronization

extension RuntimeStore {
    /// Takes what was done in chat. It can be read at once; the file has it with the next `persistModeration`.
    ///
    /// - Parameter place: up to where a stream has been read with these records. It is saved together with them, so
    ///   that nothing of a stream is taken twice.
    /// - Returns: the new lines without those that had come before, and how many old ones were lost, because the disk
    ///   has refused them for too long.
    package func record(
        _ records: [ModerationRecord], place: ReportPlace? = nil
    ) -> (lines: [NewModerationLine], droppedCount: Int) {
        moderation.append(records, place: place, at: clock.now)
    }

    /// Up to where a stream of reports has been read; nil when it never was.
    package func reportPlace(in source: String) -> String? { moderation.place(in: source) }

    /// The number of the last line, 0 when there is none.
    package var lastModerationID: Int { moderation.lastID }

    /// The newest lines of a filter. Read on a thread and a connection of its own: it may take a while.
    ///
    /// - Parameter id: the number before which the page begins; nil for the newest.
    package func moderation(
        _ filter: ModerationFilter, before id: Int? = nil, limit: Int
    ) async throws -> ModerationPage {
        let unsaved = moderation.unsaved
        let fresh = unsaved.reversed().filter { $0.line.id < id ?? .max && filter.matches($0.record) }.map(\.line)
        // What is being written meanwhile stands in both.
        let end = min(id ?? .max, unsaved.first?.line.id ?? .max)
        var lines = Array(fresh.prefix(limit + 1))
        if lines.count <= limit {
            let missing = limit + 1 - lines.count
            lines += try await readLog { try ModerationLog.newest(filter, before: end, limit: missing, $0) }
        }
        let page = Array(lines.prefix(limit))
        return ModerationPage(lines: page, next: lines.count > limit ? page.last?.id : nil)
    }

    /// The lines of a filter after a number, oldest first, as far as the log reaches.
    ///
    /// - Parameter last: the last number that is wanted.
    package func moderation(
        _ filter: ModerationFilter, after id: Int, through last: Int, limit: Int
    ) async throws -> [ModerationLine] {
        let unsaved = moderation.unsaved
        let end = min(last == .max ? last : last + 1, unsaved.first?.line.id ?? .max)
        let saved = try await readLog { try ModerationLog.oldest(filter, after: id, before: end, limit: limit, $0) }
        let fresh = unsaved.filter { $0.line.id > id && $0.line.id <= last && filter.matches($0.record) }.map(\.line)
        return Array((saved + fresh).prefix(limit))
    }

    /// Writes the lines that wait, and lets go of old ones. Call it every second.
    package func persistModeration() {
        moderationUpkeep.withLock { upkeep in
            let batch = moderation.batch, now = clock.now
            guard !batch.isEmpty || upkeep.isTrimDue(at: now) else { return }
            do {
                var count = upkeep.count + batch.lines.count
                let oldest = now.adding(seconds: -limits.moderationSecondsMax)
                try write { db in
                    try ModerationLog.save(batch, db)
                    count = try ModerationLog.trim(
                        db, count: count, countMax: limits.moderationLinesMax, before: oldest)
                }
                moderation.saved(batch)
                upkeep = ModerationUpkeep(count: count, trimmedAt: now)
            } catch {
                upkeep.problem = "the moderation log could not be written: \(RuntimeFile.reason(error))"
            }
        }
    }

    private func readLog<Value: Sendable>(
        _ body: @escaping @Sendable (RuntimeFile.Connection) throws -> Value
    ) async throws -> Value {
        do {
            return try await readAside(body)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RuntimeStoreError.logUnreadable(reason: RuntimeFile.reason(error))
        }
    }
}

/// How the log's table stands; whoever writes it holds this.
struct ModerationUpkeep {
    /// An idle log grows old, too.
    private static let trimSeconds = 60.0

    /// Lines in the file.
    var count: Int
    var trimmedAt: Timestamp?
    /// Why the last batch could not be written.
    var problem: String?

    func isTrimDue(at now: Timestamp) -> Bool {
        trimmedAt.map { now.seconds(since: $0) >= Self.trimSeconds } ?? true
    }
}
