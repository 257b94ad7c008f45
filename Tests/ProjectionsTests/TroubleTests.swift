import Domain
import EventStore
import GRDB
import Testing
import TestTools

@testable import Projections

/// Somebody else holds the write lock of the read models' file, as a shell with an open transaction does.
private final class Occupier {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE")
        }
    }

    func leave() throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try queue.close()
    }
}

@Suite("Read models whose file cannot be written")
struct TroubleTests {
    @Test(.timeLimit(.minutes(1)))
    func `say so and how far the file is behind, are read by key all the same, and recover by themselves`() async throws
    {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            #expect(try stage.status().lagSeconds == 0 && stage.status().lagPositions == 0)
            let occupier = try Occupier(stage.directory.file(try stage.servingFile()))
            try await stage.append(Account.Event.renamed(name: "Two"), to: .accountOne)
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            #expect(try stage.names() == ["One"])
            #expect(stage.readModels.trouble.failure?.contains("cannot be written") == true)
            #expect(stage.readModels.position == 3)
            #expect(try stage.readModels.account(.one)?.name == "Two")
            stage.clock.advance(seconds: 60)
            let late = try stage.status()
            let event = try #require(try stage.journal.event(at: 2))
            #expect(late.lagPositions == 2 && late.failure != nil)
            #expect(late.lagSeconds == Double(stage.clock.now.microseconds - event.recordedAt) / 1_000_000)

            try occupier.leave()
            while stage.readModels.trouble.failure != nil { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try stage.names() == ["Two"])
            #expect(try stage.status().lagSeconds == 0)
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
            try await stage.expectRebuildFindsNothing()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `hold no more than they may, and read the rest from the journal`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("0"), to: .accountOne)
            #expect(try stage.names() == ["0"])
            let occupier = try Occupier(stage.directory.file(try stage.servingFile()))
            let count = 24_000
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    group.addTask {
                        let events = (1...100).map { Account.Event.renamed(name: "\(number) \($0)") }
                        for _ in 0..<(count / 800) {
                            _ = try await stage.journal.append(
                                events.map { NewEvent($0) }, to: EntityID.accountOne.stream, expected: .any)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try stage.names() == ["0"])
            #expect(stage.readModels.position >= 20_000 && stage.readModels.position < 1 + count)
            #expect(await stage.readModels.wait(for: 1 + count, timeoutSeconds: 0.02) == false)
            try occupier.leave()
            #expect(await stage.readModels.wait(for: 1 + count, timeoutSeconds: 30))
            #expect(try stage.status().position == 1 + count && stage.readModels.trouble.failure == nil)
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
            try await stage.expectRebuildFindsNothing()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `show everything after the next start when they are stopped meanwhile`() async throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal.open(directory: directory.path)
        let readModels = try ReadModels.open(journal: journal)
        let occupier = try Occupier(directory.file("read-models.1.sqlite"))
        _ = try await journal.append(
            [NewEvent(Account.Event.registered("One"))], to: EntityID.accountOne.stream, expected: .any)
        journal.close()
        readModels.close()
        try occupier.leave()
        try await Stage.with(in: directory) { stage in
            #expect(try stage.readModels.account(.one)?.name == "One")
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `are replaced by a rebuild, which needs nothing of them`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            let occupier = try Occupier(stage.directory.file(try stage.servingFile()))
            try await stage.append(Account.Event.renamed(name: "Two"), to: .accountOne)
            _ = try await stage.readModels.rebuild()
            #expect(await stage.readModels.wait(for: 2, timeoutSeconds: 10))
            #expect(try stage.readModels.account(.one)?.name == "Two")
            #expect(stage.readModels.trouble.failure == nil)
            try occupier.leave()
        }
    }

    @Test func `are read from the file no sooner than it holds what was answered`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("0"), to: .accountOne)
            for number in 1...200 {
                try await stage.append(Account.Event.renamed(name: "\(number)"), to: .accountOne)
                #expect(try stage.names() == ["\(number)"])
            }
        }
    }

    @Test func `are waited for no longer than was said`() async throws {
        try await Stage.with { stage in
            #expect(await stage.readModels.wait(for: 1, timeoutSeconds: 0.02) == false)
            async let waited = stage.readModels.wait(for: 1, timeoutSeconds: 20)
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            #expect(await waited)
            #expect(await stage.readModels.wait(for: 1, timeoutSeconds: 0))
        }
    }
}

extension Stage {
    /// Of the accounts, as the file has them.
    fileprivate func names() throws -> [String] {
        try readModels.accounts(search: nil, only: nil, offset: 0, limit: 9).rows.map(\.name)
    }
}
