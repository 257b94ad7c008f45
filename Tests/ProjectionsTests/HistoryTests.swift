import Domain
import EventStore
import Foundation
import GRDB
import TestTools
import Testing

@testable import Projections

/// Read models that were made from the journal's beginning and stopped at a position: what the past must be equal to.
private final class StoppedReadModels: ReadModelsReading {
    private let file: ReadModelsFile
    let digest: String

    init(_ journal: any JournalReading, epoch: String, through position: Int, in directory: TemporaryDirectory) throws {
        var builder = try ReadModelsBuilder(
            journal: journal, epoch: epoch, directory: directory.path, number: position + 1)
        builder.keepsChanges = false
        try builder.run(through: position)
        (file, digest) = (builder.file, builder.engine.state.digest.description)
    }

    deinit { file.close() }

    func read<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value { try file.read(body) }

    func readSnapshot<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value {
        try file.read(body)
    }

    func document<Document: FeedDocument>(
        _ entity: EntityID, find: (Database) throws -> Document?
    ) throws -> Document? {
        try file.read(find)
    }
}

@Suite("The past of the read models")
struct HistoryTests {
    /// Makes every snapshot that is due.
    private static func keep(_ history: History, _ stage: Stage, spacing: Int = 16) throws -> SnapshotKeeper {
        let keeper = SnapshotKeeper(history, stage.readModels, spacingMin: spacing)
        try keeper.open()
        while case .made = try keeper.step() {}
        return keeper
    }

    private static func history(_ stage: Stage) -> History {
        History(journal: stage.journal, epoch: stage.journal.epoch, directory: stage.directory.path)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `is equal to read models that were made anew and stopped there`(seed: UInt64) async throws {
        try await Stage.with { stage in
            var random = SeededRandom(seed: seed), events = RandomHistory(seed: seed)
            let history = Self.history(stage)
            let scratch = try TemporaryDirectory()
            for round in 0..<2 {
                try await events.append(90, to: stage.journal)
                // Without snapshots, with some, and with some that are behind.
                if round > 0 { _ = try Self.keep(history, stage) }
                try await events.append(10, to: stage.journal)
                for position in [0, 1, 16, 17, stage.journal.head]
                    + (0..<3).map({ _ in Int.random(in: 0...stage.journal.head, using: &random) })
                {
                    try Self.compare(history, stage, position, scratch, wholeFirst: random.chance(50))
                }
            }
        }
    }

    private static func compare(
        _ history: History, _ stage: Stage, _ position: Int, _ scratch: TemporaryDirectory, wholeFirst: Bool
    ) throws {
        let stopped = try StoppedReadModels(
            stage.journal, epoch: stage.journal.epoch, through: position, in: scratch)
        let expected = try EveryQuestion.answers(stopped)
        try history.read(at: position) { (past: PastReadModels) throws -> Void in
            if wholeFirst { #expect(try past.digest() == stopped.digest) }
            #expect(try EveryQuestion.answers(past) == expected)
            #expect(try past.digest() == stopped.digest)
            // Twice: the second time finds everything made.
            #expect(try EveryQuestion.answers(past) == expected)
        }
        // Each account on its own, from a fresh view.
        for account in RandomHistory.accounts {
            let filter = StatusFilter(account: account)
            let rows = try history.read(at: position) { past in
                "\(try past.statuses(filter, offset: 0, limit: 9)) \(try past.installs(of: account))"
            }
            let wanted =
                "\(try stopped.statuses(filter, offset: 0, limit: 9)) \(try stopped.installs(of: account))"
            #expect(rows == wanted)
        }
    }

    @Test func `is equal to the live answers at the head`() async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: 7)
            try await events.append(200, to: stage.journal)
            let history = Self.history(stage)
            _ = try Self.keep(history, stage)
            let live = try EveryQuestion.answers(stage.readModels)
            try history.read(at: stage.journal.head) { (past: PastReadModels) throws -> Void in
                #expect(try EveryQuestion.answers(past) == live)
                #expect(try past.digest() == stage.status().digest)
            }
        }
    }

    @Test func `does not change the snapshots that it stands on`() async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: 8)
            try await events.append(100, to: stage.journal)
            let history = Self.history(stage)
            _ = try Self.keep(history, stage)
            for position in 32..<64 { _ = try history.read(at: position) { try $0.digest() } }
            for file in history.shelf.files { #expect(file.isIntact(epoch: stage.journal.epoch)) }
            #expect(try Self.names(stage).count == 6)
        }
    }

    private static func names(_ stage: Stage) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: stage.directory.file("snapshots")).sorted()
    }

    enum Harm: String, CaseIterable {
        case flippedByte, cutOff, deleted, otherPosition, halfWritten, otherJournal
    }

    @Test(arguments: Harm.allCases)
    func `survives snapshots that cannot be believed, and makes them again`(harm: Harm) async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: 9)
            try await events.append(100, to: stage.journal)
            _ = try Self.keep(Self.history(stage), stage)
            let names = try Self.names(stage)
            let sound = try Self.history(stage).read(at: 70) { try $0.digest() }
            try Self.inflict(harm, on: names.first { $0.hasPrefix("64.") } ?? "", in: stage)
            let history = Self.history(stage)
            #expect(try history.read(at: 70) { try $0.digest() } == sound)
            _ = try Self.keep(history, stage)
            #expect(try Self.names(stage) == names)
        }
    }

    private static func inflict(_ harm: Harm, on name: String, in stage: Stage) throws {
        let files = FileManager.default
        let folder = stage.directory.file("snapshots"), path = "\(folder)/\(name)"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        switch harm {
        case .flippedByte:
            var flipped = bytes
            flipped[flipped.count / 2] ^= 1
            try flipped.write(to: URL(fileURLWithPath: path))
        case .cutOff: try bytes.prefix(5000).write(to: URL(fileURLWithPath: path))
        case .deleted: try files.removeItem(atPath: path)
        case .otherPosition:
            try files.moveItem(atPath: path, toPath: "\(folder)/" + name.replacing("64.", with: "70."))
        case .halfWritten:
            try files.moveItem(atPath: path, toPath: "\(folder)/64.part")
        case .otherJournal:
            let queue = try DatabaseQueue(path: path)
            try queue.write { try $0.execute(sql: "UPDATE subscription SET epoch = 'other'") }
            try queue.close()
            let hash = try Hash(ofFile: path)
            try files.moveItem(atPath: path, toPath: "\(folder)/64.\(hash).sqlite")
        }
    }

    @Test func `goes on without snapshots when none can be written`() async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: 10)
            try await events.append(60, to: stage.journal)
            // A file lies where the folder should be.
            try Data().write(to: URL(fileURLWithPath: stage.directory.file("snapshots")))
            let history = Self.history(stage)
            let keeper = SnapshotKeeper(history, stage.readModels, spacingMin: 16)
            #expect(throws: (any Error).self) { try keeper.open() }
            #expect(throws: (any Error).self) { try keeper.step() }
            #expect(try history.read(at: 60) { try $0.digest() } == stage.status().digest)
        }
    }

    @Test func `knows which position a moment means`() async throws {
        try await Stage.with { stage in
            for _ in 0..<3 { try await stage.append(Account.Event.registered("One"), to: .accountOne) }
            let history = Self.history(stage), now = Timestamp.seconds(60)
            let first = try #require(try stage.journal.event(at: 1)).recordedAt
            func position(_ microseconds: Int) throws -> Int {
                try history.position(of: .time(Timestamp(microseconds: microseconds)), now: now)
            }
            #expect(try position(first - 1) == 0)
            #expect(try position(first) == 1)
            #expect(try position(first + 1) == 1)
            #expect(try position(now.microseconds) == 3)
            #expect(throws: NotYet.self) { try position(now.microseconds + 1) }
            #expect(try history.position(of: .position(3), now: now) == 3)
            #expect(throws: NotYet.self) { try history.position(of: .position(4), now: now) }
        }
    }

    @Test func `is read by many at once`() async throws {
        try await Stage.with { stage in
            var events = RandomHistory(seed: 11)
            try await events.append(120, to: stage.journal)
            let history = Self.history(stage)
            _ = try Self.keep(history, stage)
            let digests = try (0...120).map { position in try history.read(at: position) { try $0.digest() } }
            await withTaskGroup(of: Void.self) { group in
                for reader in 0..<4 {
                    group.addTask {
                        var random = SeededRandom(seed: UInt64(reader))
                        for _ in 0..<40 {
                            let position = Int.random(in: 0...120, using: &random)
                            #expect(throws: Never.self) {
                                try history.read(at: position) { (past: PastReadModels) throws -> Void in
                                    _ = try past.botModules(of: RandomHistory.accounts[0])
                                    #expect(try past.digest() == digests[position])
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

@Suite("The plan of snapshots")
struct SnapshotPlanTests {
    @Test func `wants one every so many events`() {
        let plan = SnapshotPlan(head: 100, snapshotBytes: 10, journalBytes: 0, spacingMin: 16, bytesMin: 1000)
        #expect(plan.spacing == 16)
        #expect(plan.missing(from: []) == 16)
        #expect(plan.missing(from: [16, 32, 64]) == 48)
        #expect(plan.missing(from: [16, 32, 48, 64, 80, 96]) == nil)
        #expect(plan.next == 112)
        #expect(plan.wants(96))
        #expect(!plan.wants(112) && !plan.wants(0) && !plan.wants(15))
    }

    @Test func `wants fewer when they would take more room than the journal`() {
        let small = SnapshotPlan(head: 1000, snapshotBytes: 100, journalBytes: 0, spacingMin: 10, bytesMin: 2000)
        #expect(small.spacing == 80)
        let large = SnapshotPlan(head: 1000, snapshotBytes: 100, journalBytes: 6000, spacingMin: 10, bytesMin: 2000)
        #expect(large.spacing == 20)
    }
}
