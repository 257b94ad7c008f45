import Domain
import Synchronization

extension RuntimeStore {
    /// Takes down that somebody was refused, or has read the history. It is in memory at once, and in the file with the
    /// next `persistSecurity`.
    package func record(_ record: SecurityRecord, target: String, detail: String? = nil) {
        security.take(record, target: target, detail: detail, at: clock.now)
    }

    /// The newest lines of a filter.
    ///
    /// - Parameter id: the number before which the page begins; nil for the newest.
    package func securityLines(
        _ filter: SecurityFilter, before id: Int? = nil, limit: Int
    ) async throws -> (lines: [SecurityLine], next: Int?) {
        persistSecurity()
        do {
            let lines = try await readAside {
                try SecurityLog.newest(filter, before: id ?? .max, limit: limit + 1, $0)
            }
            let page = Array(lines.prefix(limit))
            return (page, lines.count > limit ? page.last?.id : nil)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RuntimeStoreError.logUnreadable(reason: RuntimeFile.reason(error))
        }
    }

    /// Writes the lines that wait, and lets go of old ones. Call it every second.
    package func persistSecurity() {
        securityUpkeep.withLock { upkeep in
            let lines = security.unsaved, now = clock.now
            guard !lines.isEmpty else { return }
            let isTrimDue = upkeep.trimmedAt.map { now.seconds(since: $0) >= Self.securityTrimSeconds } ?? true
            do {
                try write { db in
                    try SecurityLog.save(lines, db)
                    guard isTrimDue else { return }
                    try SecurityLog.trim(
                        db, countMax: limits.securityLinesMax,
                        before: now.adding(seconds: -limits.securitySecondsMax))
                }
                security.saved(lines)
                upkeep = SecurityUpkeep(trimmedAt: isTrimDue ? now : upkeep.trimmedAt)
            } catch {
                upkeep.problem = "the security log could not be written: \(RuntimeFile.reason(error))"
            }
        }
    }

    private static let securityTrimSeconds = 60.0
}

/// How the security log's table stands; whoever writes it holds this.
struct SecurityUpkeep {
    var trimmedAt: Timestamp?
    /// Why the last batch could not be written.
    var problem: String?
}
