import Domain
import Synchronization

/// Who was refused and who has read the history: a log of its own, which a flood cannot fill.
///
/// What is the same within a minute is one line with a count. So many lines can be begun in a minute; what is more is
/// counted together. It stands in memory until it is written with the next batch: nobody waits for the disk.
final class SecurityLog: Sendable {
    static let windowSeconds = 60.0
    /// Lines that are begun in one minute.
    static let openMax = 1_000
    /// Lines that wait to be written while the disk refuses.
    static let unsavedMax = 10_000

    fileprivate struct State {
        var lastID: Int
        /// By what is the same; an export is the same only with its filter.
        var open: [Key: SecurityLine] = [:]
        var openedAt: Timestamp?
        var unsaved: [Int: SecurityLine] = [:]
    }

    fileprivate struct Key: Hashable {
        let record: SecurityRecord
        var target: String?
    }

    private let state: Mutex<State>

    init(lastID: Int) {
        state = Mutex(State(lastID: lastID))
    }

    /// - Parameters:
    ///   - target: what was asked for.
    ///   - detail: why it was refused.
    func take(_ record: SecurityRecord, target: String, detail: String?, at now: Timestamp) {
        state.withLock { state in
            if state.openedAt.map({ now.seconds(since: $0) >= Self.windowSeconds || now < $0 }) ?? true {
                (state.open, state.openedAt) = ([:], now)
            }
            let target = String(target.unicodeScalars.prefix(SecurityLine.textLengthMax))
            let key = Key(record: record, target: record.kind == .auditExport ? target : nil)
            if state.count(key, at: now) { return }
            guard state.open.count < Self.openMax, state.unsaved.count < Self.unsavedMax else {
                let others = Key(record: .others(record.kind))
                if !state.count(others, at: now) { state.begin(others, target: "", detail: nil, at: now) }
                return
            }
            let detail = detail.map { String($0.unicodeScalars.prefix(SecurityLine.textLengthMax)) }
            state.begin(key, target: target, detail: detail, at: now)
        }
    }

    /// What has changed since it was written last.
    var unsaved: [SecurityLine] { state.withLock { $0.unsaved.values.sorted { $0.id < $1.id } } }

    func saved(_ lines: [SecurityLine]) {
        state.withLock { state in
            for line in lines where state.unsaved[line.id] == line { state.unsaved[line.id] = nil }
        }
    }
}

extension SecurityLog.State {
    /// - Returns: false when there is no such line in this minute.
    fileprivate mutating func count(_ key: SecurityLog.Key, at now: Timestamp) -> Bool {
        guard var line = open[key] else { return false }
        line.count += 1
        line.lastAt = max(line.lastAt, now)
        open[key] = line
        unsaved[line.id] = line
        return true
    }

    fileprivate mutating func begin(
        _ key: SecurityLog.Key, target: String, detail: String?, at now: Timestamp
    ) {
        lastID = max(lastID + 1, now.microseconds)
        let line = SecurityLine(
            id: lastID, record: key.record, target: target, detail: detail, firstAt: now, lastAt: now, count: 1)
        open[key] = line
        unsaved[line.id] = line
    }
}
