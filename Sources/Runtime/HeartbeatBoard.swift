import Domain
import GRDB
import Synchronization

/// When each bot was last heard of: a map in memory, saved in batches. What keeps one from hearing is not saved: its
/// worker says it again, or nobody speaks of the bot any more.
final class HeartbeatBoard: Sendable {
    static let unsavedMax = 1000
    static let saveIntervalSeconds = 5.0
    /// The share of the silent ones that is forgotten when the board is full.
    static let forgottenShare = 10

    private struct State {
        var times: [BotKey: Timestamp]
        /// Of those that have not heard anything since.
        var troubles: [BotKey: (at: Timestamp, reason: String)] = [:]
        var unsaved: Set<BotKey> = []
        var savedAt: Timestamp
    }

    private let state: Mutex<State>
    private let changes = Atomic<Int>(0)
    private let countMax: Int

    init(_ times: [BotKey: Timestamp], at now: Timestamp, countMax: Int) {
        state = Mutex(State(times: times, savedAt: now))
        self.countMax = countMax
    }

    var version: Int { changes.load(ordering: .acquiring) }

    func last(_ bot: BotKey) -> Timestamp? { state.withLock { $0.times[bot] } }

    /// The same, and what has kept it from hearing since.
    func heard(_ bot: BotKey) -> (last: Timestamp?, trouble: String?) {
        state.withLock { ($0.times[bot], $0.troubles[bot]?.reason) }
    }

    /// Keeps what is newer than what is known; the answer is whether it is time to save.
    func record(_ beats: [Heartbeat], at now: Timestamp) -> Bool {
        state.withLock { state in
            var changed = false
            for beat in beats {
                let bot = BotKey(account: beat.accountID, platform: beat.platform), time = min(beat.at, now)
                let changedOne =
                    if let trouble = beat.trouble {
                        keep(trouble, since: time, of: bot, in: &state)
                    } else {
                        keep(time, of: bot, in: &state)
                    }
                changed = changed || changedOne
            }
            if changed { changes.add(1, ordering: .releasing) }
            return state.unsaved.count >= Self.unsavedMax
                || !state.unsaved.isEmpty && now.seconds(since: state.savedAt) >= Self.saveIntervalSeconds
        }
    }

    private func keep(_ trouble: String, since time: Timestamp, of bot: BotKey, in state: inout State) -> Bool {
        guard time >= state.times[bot] ?? .earliest, time >= state.troubles[bot]?.at ?? .earliest,
            state.troubles[bot] != nil || state.troubles.count < countMax
        else { return false }
        let isNews = state.troubles[bot]?.reason != trouble
        state.troubles[bot] = (time, trouble)
        return isNews
    }

    private func keep(_ time: Timestamp, of bot: BotKey, in state: inout State) -> Bool {
        if let trouble = state.troubles[bot], trouble.at <= time { state.troubles[bot] = nil }
        if let known = state.times[bot] {
            guard time > known else { return false }
        } else if state.times.count >= countMax {
            forgetSilent(&state)
        }
        state.times[bot] = time
        state.unsaved.insert(bot)
        return true
    }

    private func forgetSilent(_ state: inout State) {
        let silent = state.times.sorted { $0.value < $1.value }.prefix(max(1, countMax / Self.forgottenShare))
        for (bot, _) in silent {
            state.times[bot] = nil
            state.unsaved.insert(bot)
        }
    }
}

extension HeartbeatBoard {
    /// A bot and its time; nil when it was forgotten.
    typealias Unsaved = [BotKey: Timestamp?]

    static let table = """
        CREATE TABLE IF NOT EXISTS heartbeats (
            account_id TEXT NOT NULL,
            platform TEXT NOT NULL,
            at INTEGER NOT NULL, -- µs since 1970 UTC
            PRIMARY KEY (account_id, platform)
        ) STRICT, WITHOUT ROWID;
        """

    func takeUnsaved(at now: Timestamp) -> Unsaved {
        state.withLock { state in
            var taken: Unsaved = [:]
            for bot in state.unsaved { taken.updateValue(state.times[bot], forKey: bot) }
            state.unsaved = []
            state.savedAt = now
            return taken
        }
    }

    /// The batch could not be written: it waits for the next one.
    func putBack(_ taken: Unsaved) {
        state.withLock { $0.unsaved.formUnion(taken.keys) }
    }

    static func save(_ beats: Unsaved, _ db: Database) throws {
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO heartbeats VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at
                """)
        let forget = try db.cachedStatement(sql: "DELETE FROM heartbeats WHERE account_id = ? AND platform = ?")
        for (bot, time) in beats {
            if let time {
                try upsert.execute(arguments: [bot.account.rawValue, bot.platform.rawValue, time.microseconds])
            } else {
                try forget.execute(arguments: [bot.account.rawValue, bot.platform.rawValue])
            }
        }
    }

    /// Rows that name no platform of this program are left alone.
    static func load(_ db: Database, countMax: Int) throws -> [BotKey: Timestamp] {
        let sql = "SELECT account_id, platform, at FROM heartbeats ORDER BY at DESC LIMIT ?"
        var times: [BotKey: Timestamp] = [:]
        let rows = try Row.fetchCursor(db, sql: sql, arguments: [countMax])
        while let row = try rows.next() {
            guard let account = AccountID(rawValue: row[0]), let platform = Platform(rawValue: row[1]) else { continue }
            times[BotKey(account: account, platform: platform)] = Timestamp(microseconds: row[2])
        }
        return times
    }
}
