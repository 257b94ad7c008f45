import Domain
import EventStore
import TestTools
import Testing

@testable import Projections

@Suite("The difference of two moments")
struct DocumentHistoryTests {
    private static func history(_ stage: Stage) -> History {
        History(journal: stage.journal, epoch: stage.journal.epoch, directory: stage.directory.path)
    }

    @Test(arguments: [21, 22] as [UInt64])
    func `turns the documents of the one into those of the other`(seed: UInt64) async throws {
        try await Stage.with { stage in
            var random = SeededRandom(seed: seed), events = RandomHistory(seed: seed)
            try await events.append(150, to: stage.journal)
            let history = Self.history(stage)
            for _ in 0..<12 {
                let to = Int.random(in: 0...150, using: &random), from = Int.random(in: 0...to, using: &random)
                let found = try history.differences(from: from, to: to)
                #expect(found.events == found.documents.reduce(0) { $0 + $1.events.count })
                #expect(found.total == found.documents.count)
                var told = try Self.documents(history, at: from)
                for document in found.documents {
                    #expect(told[document.stream.description] == document.before)
                    #expect(document.events.allSatisfy { (from + 1...max(to, from + 1)).contains($0.position) })
                    told[document.stream.description] = document.after
                }
                #expect(told == (try Self.documents(history, at: to)), "from \(from) to \(to)")
            }
        }
    }

    /// By the names of their streams.
    private static func documents(_ history: History, at position: Int) throws -> [String: JSON] {
        try history.read(at: position) { past in
            var found: [String: JSON] = [:]
            try past.entries(.everything) { entry in
                found["\(entry.kind.rawValue)-\(entry.key)"] = try JSONParser.parse(entry.value)
            }
            return found
        }
    }

    @Test func `has an account's documents alone, and some of them at a time`() async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: 23)
            try await events.append(100, to: stage.journal)
            let history = Self.history(stage), account = RandomHistory.accounts[1].rawValue
            let mine = try history.differences(from: 10, to: 100, EventFilter(account: account))
            #expect(mine.total > 3 && mine.documents.allSatisfy { $0.stream.account == account })
            let page = try history.differences(from: 10, to: 100, EventFilter(account: account), documents: 1..<3)
            #expect(page.total == mine.total && page.documents.map(\.stream) == mine.documents[1..<3].map(\.stream))
            let beyond = try history.differences(from: 10, to: 100, documents: 1000..<1010)
            #expect(beyond.documents.isEmpty && beyond.total > 0)
            #expect(throws: TooManyEvents.self) { try history.differences(from: 0, to: 100, eventsMax: 99) }
            #expect(try history.differences(from: 0, to: 100, eventsMax: 100).events > 90)
            #expect(try history.differences(from: 5, to: 5).total == 0)
        }
    }

    @Test func `has the entries of one account as those of all have them`() async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: 24)
            try await events.append(120, to: stage.journal)
            let history = Self.history(stage), account = RandomHistory.accounts[0]
            let all = try Self.documents(history, at: 90)
            var mine: [String: JSON] = [:]
            try history.read(at: 90) { past in
                try past.entries(.account(account)) { entry in
                    mine["\(entry.kind.rawValue)-\(entry.key)"] = try JSONParser.parse(entry.value)
                }
            }
            let streams = Set(try stage.journal.streams(ofAccount: account.rawValue).map(\.description))
            #expect(mine == all.filter { streams.contains($0.key) } && !mine.isEmpty)
        }
    }
}

@Suite("What would be otherwise without an event")
struct WhatIfTests {
    private func whatIf(_ stage: Stage, without position: Int) throws -> WhatIf {
        try #require(try WhatIf(position, stage.journal))
    }

    @Test func `is told for the document, and for the events that follow`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            try await stage.append(Bot.Event.paused(reason: "spam", until: nil), to: .botOne)
            try await stage.append(Account.Event.renamed(name: "Two"), to: .accountOne)
            try await stage.append(Bot.Event.resumed(reason: nil, scheduled: false), to: .botOne)
            try await stage.append(Bot.Event.paused(reason: "raid", until: nil), to: .botOne)

            let pause = try whatIf(stage, without: 3)
            #expect(pause.changes.allSatisfy(\.isBookkeeping) && pause.inapplicable.isEmpty)
            #expect(pause.needless.map(\.position) == [5])
            let last = try whatIf(stage, without: 6)
            #expect(last.actual?["paused_reason"] == "raid" && last.without?["paused_reason"] == .null)
            let account = try whatIf(stage, without: 1)
            #expect(account.without == nil && account.actual?["name"] == "Two")
            #expect(account.inapplicable.map(\.event.position) == [4])
            #expect(account.inapplicable.first?.reason.contains("never") == true)
            #expect(try WhatIf(7, stage.journal) == nil && WhatIf(0, stage.journal) == nil)
        }
    }

    @Test func `ends where the stream is parked`() async throws {
        try await Stage.with { stage in
            try await stage.append(BotModule.Event.words("a"), to: .moduleOne)
            try await stage.append(.stored("bot_module.x", "{}"), to: EntityID.moduleOne.stream)
            try await stage.append(BotModule.Event.words("b"), to: .moduleOne)
            let first = try whatIf(stage, without: 1)
            #expect(first.without == nil && first.actual?["config"]?["blocked_words"] == ["a"])
            let poison = try whatIf(stage, without: 2)
            #expect(poison.actual?["config"]?["blocked_words"] == ["a"])
            #expect(poison.without?["config"]?["blocked_words"] == ["b"])
            #expect(poison.needless.isEmpty && poison.inapplicable.isEmpty)
        }
    }

    /// Told again from the journal without the event, in read models of their own.
    @Test(arguments: [31, 32, 33] as [UInt64])
    func `is what read models say that never heard of it`(seed: UInt64) async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: seed)
            try await events.append(80, to: stage.journal)
            var random = SeededRandom(seed: seed)
            for _ in 0..<10 {
                let position = Int.random(in: 1...80, using: &random)
                let told = try whatIf(stage, without: position)
                guard told.inapplicable.isEmpty, told.actual != nil else { continue }
                let others = try stage.journal.readStream(told.event.stream).filter { $0.position != position }
                guard let document = try? StreamState.document(of: others) else { continue }
                #expect(told.without == (try JSONParser.parse(document)), "without \(position)")
            }
        }
    }
}
