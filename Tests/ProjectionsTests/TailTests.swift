import Domain
import EventStore
import GRDB
import Testing
import TestTools

@testable import Projections

/// A history longer than the feed's tail and than one bite of the projector, in few but large appends.
@Suite("A long history")
struct TailTests {
    private static let eventCount = 100_500

    private func write(_ journal: Journal) async throws {
        let events = (0..<500).map { NewEvent(Account.Event.registered("\($0)")) }
        for number in 0..<Self.eventCount / events.count {
            let id = EntityID.account(AccountID(stored: "a\(number)"))
            _ = try await journal.append(events, to: id.stream, expected: .noStream)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `keeps the last changes of the feed, whoever made the read models`() async throws {
        let directory = try TemporaryDirectory()
        // First a file that is closed at the beginning, so that the projector must come all the way itself.
        #expect(try await Stage.with(in: directory) { try $0.status().position } == 0)
        try await Stage.write(in: directory, write)
        try await Stage.with(in: directory) { stage in
            #expect(stage.readModels.position == Self.eventCount)
            #expect(stage.readModels.trouble.failure == nil)
            try expectTail(stage)
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            let report = try await stage.readModels.rebuild()
            #expect(report.differences == [])
            try expectTail(stage)
            #expect(try stage.readModels.changes(after: .zero, limit: 1) == .gone)
        }
    }

    private func expectTail(_ stage: Stage) throws {
        let head = stage.journal.head
        let first = ChangeID(position: head - ProjectionEngine.changesKept + 1, index: 0)
        let count = try stage.readModels.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM changes") }
        #expect(count == ProjectionEngine.changesKept)
        let before = ChangeID(position: first.position - 1, index: 0)
        #expect(try stage.changes(after: before, limit: 1).map(\.id) == [first])
        let last = ChangeID(position: head - 1, index: 0)
        #expect(try stage.changes(after: last).map(\.id.position) == [head])
    }
}
