import GRDB
import Testing

@testable import EventStore

@Suite("The plan of a query")
struct QueryPlanTests {
    private func plan(_ journal: Journal, _ filter: EventFilter, _ direction: ReadDirection) throws -> [String] {
        try journal.read { db in
            let query = try EventQuery(filter, direction: direction, head: 1_000_000, db)
            let sql = "EXPLAIN QUERY PLAN " + query.sql
            return try Row.fetchAll(db, sql: sql, arguments: query.arguments(limit: 50)).map { $0["detail"] }
        }
    }

    static let plans: [(filter: EventFilter, index: String)] = [
        (EventFilter(stream: .bot()), "i USING PRIMARY KEY (stream=?)"),
        (EventFilter(stream: .bot(), text: "x"), "i USING PRIMARY KEY (stream=?)"),
        (EventFilter(types: ["bot.paused"]), "i USING PRIMARY KEY (type=? AND position>? AND position<?)"),
        (EventFilter(types: ["bot.paused", "x"]), "i USING PRIMARY KEY (type=? AND position>? AND position<?)"),
        (EventFilter(category: "bot"), "i USING PRIMARY KEY (type=? AND position>? AND position<?)"),
        (EventFilter(account: "a1"), "i USING PRIMARY KEY (stream=?)"),
        (EventFilter(account: "a1"), "s USING INDEX streams_by_account (account_id=?)"),
        (EventFilter(types: ["bot.paused"], account: "a1"), "s USING INDEX streams_by_account (account_id=?)"),
        (EventFilter(), "e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (EventFilter(text: "x"), "e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
    ]

    @Test(arguments: plans)
    func `goes through the index that leads to few events`(filter: EventFilter, index: String) async throws {
        try await withJournal { journal in
            _ = try await journal.append([.sample(), .sample("bot.resumed")], to: .bot(), expected: .any)
            for direction in [ReadDirection.forwards, .backwards] {
                let steps = try plan(journal, filter, direction)
                #expect(steps.contains { $0.contains(index) }, "\(steps)")
                #expect(steps.contains { $0.contains("e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)") }, "\(steps)")
                #expect(!steps.contains { $0.hasPrefix("SCAN") }, "\(steps)")
                let sorts = filter.stream != nil || filter.account != nil
                #expect(sorts || !steps.contains { $0.contains("TEMP B-TREE") }, "\(steps)")
            }
        }
    }
}
