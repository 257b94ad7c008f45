import Domain
import EventStore
import GRDB
import Synchronization
import Testing
import TestTools

@testable import Projections

/// Tells tasks that it is over.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isUp: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}

@Suite("A rebuild")
struct RebuildTests {
    @Test func `finds nothing when all is well, and goes on with the next file`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            try await stage.expectRebuildFindsNothing()
            #expect(try stage.status().file == 2)
            let files = try stage.directory.contents("read-models").filter { $0.hasSuffix("sqlite") }
            #expect(files == ["read-models.2.sqlite"])
            try await stage.append(Bot.Event.disconnected, to: .botOne)
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
            try await stage.expectRebuildFindsNothing()
        }
    }

    @Test func `of nothing finds nothing`() async throws {
        try await Stage.with { stage in
            try await stage.expectRebuildFindsNothing()
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            try stage.expectFeedEndsInDocuments()
        }
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        let sql: String, table: String, onlyLive: Int, onlyRebuilt: Int
        var testDescription: String { sql }
    }

    private static let tamperings = [
        Tampering(sql: "UPDATE accounts SET name = 'Evil'", table: "accounts", onlyLive: 1, onlyRebuilt: 1),
        Tampering(sql: "DELETE FROM bot_statuses", table: "bot_statuses", onlyLive: 0, onlyRebuilt: 1),
        Tampering(sql: "UPDATE providers SET bot = 1", table: "providers", onlyLive: 1, onlyRebuilt: 1),
        Tampering(
            sql: """
                INSERT INTO bot_module_configs
                VALUES ('x', 'acct_1', 'spam_protection', 1, '{}', '{}', 1, 1, 0)
                """, table: "bot_module_configs", onlyLive: 1, onlyRebuilt: 0),
        Tampering(
            sql: "UPDATE changes SET value = '{}' WHERE position < 3", table: "changes", onlyLive: 2, onlyRebuilt: 2),
        Tampering(
            sql: "DELETE FROM parked_streams WHERE stream LIKE 'sticker%'", table: "parked_streams", onlyLive: 0,
            onlyRebuilt: 1),
    ]

    @Test(arguments: tamperings)
    func `finds the rows that no event explains, and puts them right`(tampering: Tampering) async throws {
        let directory = try TemporaryDirectory()
        let (file, dump) = try await Stage.with(in: directory) { stage in
            try await stage.appendMixture()
            return (try stage.servingFile(), try stage.dump())
        }
        try directory.tamper(file, tampering.sql)
        try await Stage.with(in: directory) { stage in
            #expect(try stage.dump() != dump)
            // Who asks by key before may not be told the wrong row afterwards, either.
            _ = try stage.readModels.account(.one)
            let report = try await stage.readModels.rebuild()
            #expect(Set(report.differences.map(\.table)) == [tampering.table])
            #expect(report.differences.count { $0.side == .onlyLive } == tampering.onlyLive)
            #expect(report.differences.count { $0.side == .onlyRebuilt } == tampering.onlyRebuilt)
            #expect(try stage.dump() == dump)
            #expect(try stage.readModels.account(.one)?.name == "Zwei")
            try stage.expectDigest()
            try await stage.expectRebuildFindsNothing()
        }
    }

    @Test func `reports no more differences than a person reads`() async throws {
        let directory = try TemporaryDirectory()
        let file = try await Stage.with(in: directory) { stage in
            for number in 0..<120 {
                try await stage.append(
                    Account.Event.registered("x"), to: .account(AccountID(stored: "a\(number)")))
            }
            return try stage.servingFile()
        }
        try directory.tamper(file, "UPDATE accounts SET name = 'y'")
        try await Stage.with(in: directory) { stage in
            let report = try await stage.readModels.rebuild()
            #expect(report.differences.count == RowDiff.differencesMax)
        }
    }

    /// Rebuilds while eight write and two read; what is asked is true at every moment.
    @Test(.timeLimit(.minutes(1)))
    func `loses nothing and stops nobody`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let stopped = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask { try await write(stage, writer, until: stopped) }
                }
                for _ in 0..<2 {
                    group.addTask {
                        while !stopped.isUp {
                            let page = try stage.readModels.statuses(StatusFilter(), offset: 0, limit: 20)
                            #expect(page.total % 5 == 0 && page.rows.count == min(20, page.total))
                            _ = try stage.status()
                            await Task.yield()
                        }
                    }
                }
                for number in 2...6 {
                    let report = try await stage.readModels.rebuild()
                    #expect(report.differences == [])
                    #expect(report.file == number)
                }
                stopped.raise()
                try await group.waitForAll()
            }
            #expect(try stage.status().position == stage.journal.head)
            let files = try stage.directory.contents("read-models").filter { $0.hasSuffix("sqlite") }
            #expect(files == ["read-models.6.sqlite"])
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
            try await stage.expectRebuildFindsNothing()
        }
    }

    private func write(_ stage: Stage, _ writer: Int, until stopped: Flag) async throws {
        var round = 0
        while !stopped.isUp {
            let account = AccountID(stored: "w\(writer)-\(round % 7)")
            try await stage.append(Account.Event.registered("\(round)"), to: .account(account))
            #expect(try stage.readModels.account(account)?.name == "\(round)")
            try await stage.append(
                round.isMultiple(of: 3) ? Bot.Event.disconnected : .connected(.lobby), to: .bot(account, .kick))
            round += 1
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `takes its turn behind another one`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let reports = try await withThrowingTaskGroup(of: RebuildReport.self) { group in
                for _ in 0..<4 { group.addTask { try await stage.readModels.rebuild() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.map(\.file).sorted() == [2, 3, 4, 5])
            #expect(reports.allSatisfy { $0.differences == [] })
            #expect(try stage.status().file == 5)
        }
    }

    @Test func `tells its progress to somebody who may read`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let seen = Mutex<[Int]>([])
            _ = try await stage.readModels.rebuild { position in
                let name = (try? stage.readModels.account(.one))??.name
                let rows = try? stage.status().rows.count
                if name == "Zwei", rows == 8 { seen.withLock { $0.append(position) } }
            }
            #expect(seen.withLock { $0 } == [12])
        }
    }

    @Test func `says so when the read models are closed`() async throws {
        try await Stage.with { stage in
            stage.journal.close()
            stage.readModels.close()
            stage.readModels.close()
            await #expect(throws: (any Error).self) { try await stage.readModels.rebuild() }
            #expect(throws: (any Error).self) { try stage.status() }
        }
    }
}
