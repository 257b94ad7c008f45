import Domain
import EventStore
import Testing

@testable import Projections

@Suite("The change feed")
struct FeedTests {
    @Test func `tells every change with its whole document`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            try await stage.append(BotModule.Event.words("a"), BotModule.Event.deleted, to: .moduleOne)
            let changes = try stage.changes()
            #expect(changes.map(\.id.description) == ["1-0", "2-0", "3-0"])
            #expect(changes.map(\.previous.description) == ["0-0", "1-0", "2-0"])
            #expect(changes.map(\.kind) == [.account, .botModule, .botModule])
            #expect(changes.map(\.key) == ["acct_1", "acct_1:word_filter", "acct_1:word_filter"])
            #expect(changes.map(\.recordedAt) == [.seconds(1), .seconds(2), .seconds(2)])
            #expect(changes.map(\.correlationID) == ["correlation", "correlation", "correlation"])
            #expect(try changes[0].value == stage.readModels.account(.one)?.bytes)
            #expect(changes[1].value != nil && changes[2].value == nil)
        }
    }

    @Test func `comes to the same as the documents, and its digest to theirs`() async throws {
        try await Stage.with { stage in
            try stage.expectDigest()
            try await stage.appendMixture()
            try stage.expectDigest()
            try stage.expectFeedEndsInDocuments()
            let ids = try stage.changes().map(\.id.position)
            #expect(ids == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11])
        }
    }

    @Test(arguments: [1, 2, 3, 10, 11])
    func `is read in pages of any size`(limit: Int) async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            var read: [FeedChange] = []
            while case let page = try stage.changes(after: read.last?.id ?? .zero, limit: limit), !page.isEmpty {
                #expect(page.count <= limit)
                read += page
            }
            #expect(try read == stage.changes())
        }
    }

    @Test func `is over at its end, and at the beginning when nothing has happened`() async throws {
        try await Stage.with { stage in
            #expect(try stage.readModels.changes(after: .zero, limit: 5) == .changes([]))
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            let end = ChangeID(position: 1, index: 0)
            #expect(try stage.readModels.changes(after: end, limit: 5) == .changes([]))
        }
    }

    @Test(arguments: ["6-0", "1-1", "12-0", "11-1", "99-0", "0-1"])
    func `is gone for whoever holds a place that it never had`(id: String) async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let id = try #require(ChangeID(id))
            #expect(try stage.readModels.changes(after: id, limit: 5) == .gone)
        }
    }

    @Test func `is gone for whoever holds a place that is no longer kept`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let file = try stage.servingFile()
            stage.journal.close()
            stage.readModels.close()
            try stage.directory.tamper(file, "DELETE FROM changes WHERE position <= 5")
            try await Stage.with(in: stage.directory) { stage in
                let begun = try stage.readModels.changes(after: .zero, limit: 5)
                #expect(begun == .gone)
                #expect(try stage.readModels.changes(after: ChangeID(position: 4, index: 0), limit: 5) == .gone)
                #expect(try stage.changes(after: ChangeID(position: 5, index: 0)).count == 5)
            }
        }
    }

    /// A question is several statements, and the answer must be of one moment.
    @Test func `is never gone for whoever follows it closely`() async throws {
        try await Stage.with { stage in
            let writing = Task {
                for number in 0..<400 {
                    try await stage.append(Account.Event.registered("\(number)"), to: .accountOne)
                }
            }
            var last = ChangeID.zero
            var gone = 0
            while last.position < 400, gone == 0 {
                for _ in 0..<20 {
                    guard case .changes(let changes) = try stage.readModels.changes(after: last, limit: 10) else {
                        gone += 1
                        break
                    }
                    last = changes.last?.id ?? last
                }
                await Task.yield()
            }
            try await writing.value
            #expect(gone == 0)
        }
    }

    @Test func `says a document's number of changes by its version, for its kind alone`() async throws {
        try await Stage.with { stage in
            func versions() -> [Int] { Category.allCases.map { stage.readModels.version(of: $0) } }
            var before = versions()
            func expectGrowth(_ kinds: Set<Category>, location: SourceLocation = #_sourceLocation) {
                let now = versions()
                for (index, kind) in Category.allCases.enumerated() {
                    #expect((now[index] > before[index]) == kinds.contains(kind), sourceLocation: location)
                }
                before = now
            }
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            expectGrowth([.account])
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            expectGrowth([.bot])
            try await stage.append(BotModule.Event.words("a"), to: .moduleOne)
            expectGrowth([.botModule])
            try await stage.append(Provider.Event.botIdentityUnlinked, to: .twitch)
            expectGrowth([.provider])
            try await stage.append(.stored("bot.paused", "garbage"), to: EntityID.botOne.stream)
            try await stage.append(Bot.Event.disconnected, to: .botOne)
            expectGrowth([])
            _ = try await stage.readModels.rebuild()
            expectGrowth(Set(Category.allCases))
        }
    }
}
