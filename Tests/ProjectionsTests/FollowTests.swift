import Domain
import EventStore
import GRDB
import Testing
import TestTools

@testable import Projections

@Suite("Those who follow the feed")
struct FollowTests {
    @Test func `read the newest changes before they are in the file`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            var id = stage.readModels.feedHead(at: stage.clock.now).last
            var position = 1, inFile = 1
            // It is written many times a second: on a slow machine even before anybody can look.
            for attempt in 1...100 where inFile == position {
                id = stage.readModels.feedHead(at: stage.clock.now).last
                try await stage.append(Account.Event.renamed(name: "Two \(attempt)"), to: .accountOne)
                position += 1
                inFile = try #require(try stage.readModels.readFile { try ProjectionState.read($0) }?.position)
            }
            try #require(inFile < position, "or this test says nothing")
            #expect(try stage.changes(after: id).map(\.id) == [ChangeID(position: position, index: 0)])
            let head = stage.readModels.feedHead(at: stage.clock.now)
            #expect(head.last.position == position && head.epoch == "\(stage.journal.epoch).0")
            #expect(stage.readModels.digest(after: head.last)?.digest == head.digest)
            #expect(stage.readModels.digest(after: id)?.digest != head.digest)
            #expect(stage.readModels.digest(after: ChangeID(position: position + 7, index: 0)) == nil)
        }
    }

    @Test func `are told the same from memory and from the file`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let live = try stage.changes()
            let fromFile = try stage.readModels.read { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM changes")
            }
            #expect(live.count == fromFile)
            for (place, change) in live.enumerated() {
                #expect(try stage.changes(after: change.id) == Array(live[(place + 1)...]))
                #expect(try stage.changes(after: change.previous, limit: 1) == [change])
            }
            #expect(try stage.readModels.changes(after: ChangeID(position: 6, index: 0), limit: 9) == .gone)
            try stage.expectDigest()
        }
    }

    @Test func `go on when the program has started anew`() async throws {
        let directory = try TemporaryDirectory()
        let before = try await Stage.with(in: directory) { stage in
            try await stage.appendMixture()
            return (stage.readModels.feedHead(at: stage.clock.now), try stage.changes())
        }
        try await Stage.with(in: directory) { stage in
            let head = stage.readModels.feedHead(at: stage.clock.now)
            #expect(head.epoch == before.0.epoch && head.last == before.0.last && head.digest == before.0.digest)
            #expect(try stage.changes() == before.1)
            try await stage.append(BotModule.Event.words("z"), to: .moduleOne)
            #expect(try stage.changes(after: before.0.last).count == 1)
            try stage.expectDigest()
        }
    }

    @Test func `begin anew only after a rebuild that has changed documents`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let last = stage.readModels.feedHead(at: stage.clock.now).last
            _ = try await stage.readModels.rebuild()
            #expect(stage.readModels.feedEpoch.hasSuffix(".0"))
            #expect(try stage.changes(after: last).isEmpty)
            try stage.readModels.read { _ in }
            try stage.directory.tamper(
                try stage.servingFile(), "UPDATE accounts SET name = 'forged' WHERE account_id = 'acct_1'")
            let report = try await stage.readModels.rebuild()
            #expect(!report.differences.isEmpty)
            #expect(stage.readModels.feedEpoch.hasSuffix(".1"))
            try stage.expectDigest()
        }
    }

    @Test func `are sent to the file when they are far behind`() {
        let tail = FeedTail(ProjectionState())
        let count = 3 * FeedTail.countMax
        for position in 1...count {
            let id = ChangeID(position: position, index: 0), previous = ChangeID(position: position - 1, index: 0)
            let change = FeedChange(
                id: id, previous: previous, kind: .account, key: "a", value: nil, recordedAt: .seconds(position),
                correlationID: nil)
            tail.append([FreshChange(change: change, digest: DocumentDigest(), stream: "account-a", document: nil)])
        }
        #expect(tail.changes(after: .zero, limit: 9) == nil)
        #expect(tail.changes(after: ChangeID(position: count, index: 0), limit: 9) == [])
        #expect(tail.changes(after: ChangeID(position: count + 1, index: 0), limit: 9) == nil)
        let near = ChangeID(position: count - FeedTail.countMax, index: 0)
        #expect(tail.changes(after: near, limit: 2)?.map(\.id.position) == [near.position + 1, near.position + 2])
        #expect(tail.digest(after: near)?.recordedAt == .seconds(near.position))
    }
}
