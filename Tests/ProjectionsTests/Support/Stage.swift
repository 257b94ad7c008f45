import Domain
import EventStore
import Foundation
import GRDB
import Testing
import TestTools

@testable import Projections

/// A journal with its read models, and what a test needs beside them.
struct Stage: Sendable {
    let directory: TemporaryDirectory
    let clock: TestClock
    let journal: Journal
    let readModels: ReadModels

    /// Lends one in a directory of its own, or in the given one, and closes both afterwards, the journal first.
    @discardableResult
    static func with<Value>(
        in directory: TemporaryDirectory? = nil, clock: TestClock = TestClock(),
        _ body: (Stage) async throws -> Value
    ) async throws -> Value {
        let directory = try directory ?? TemporaryDirectory()
        let journal = try Journal.open(directory: directory.path, options: clock.options)
        let readModels = try ReadModels.open(journal: journal)
        defer {
            journal.close()
            readModels.close()
        }
        return try await body(
            Stage(directory: directory, clock: clock, journal: journal, readModels: readModels))
    }

    /// Writes to a journal without read models beside it.
    static func write<Value>(in directory: TemporaryDirectory, _ body: (Journal) async throws -> Value) async throws
        -> Value
    {
        let journal = try Journal.open(directory: directory.path, options: TestClock().options)
        defer { journal.close() }
        return try await body(journal)
    }

    @discardableResult
    func append(_ events: any DomainEvent..., to entity: EntityID, actor: String = "u1") async throws -> AppendResult {
        try await journal.append(events.map { NewEvent($0, actor: actor) }, to: entity.stream, expected: .any)
    }

    @discardableResult
    func append(_ event: NewEvent, to stream: StreamID) async throws -> AppendResult {
        try await journal.append([event], to: stream, expected: .any)
    }

    func status() throws -> ProjectionsStatus { try readModels.status(now: clock.now) }

    /// The name of the file that serves.
    func servingFile() throws -> String { "read-models.\(try status().file).sqlite" }

    /// Everything that the read models hold, a line a row: what must be equal after a rebuild.
    func dump() throws -> [String] { try readModels.read(ReadModelsDump.lines) }

    func changes(after id: ChangeID = .zero, limit: Int = .max) throws -> [FeedChange] {
        guard case .changes(let changes) = try readModels.changes(after: id, limit: limit) else {
            Issue.record("gone: \(id)")
            return []
        }
        return changes
    }

    /// Some of everything: changes, no-ops for the feed to survive, deletions, parked streams.
    func appendMixture() async throws {
        try await append(Account.Event.registered("One"), to: .accountOne)
        try await append(Bot.Event.connected(.lobby), to: .botOne)
        try await append(BotModule.Event.words("a"), to: .moduleOne)
        try await append(Account.Event.renamed(name: "Zwei"), to: .accountOne)
        try await append(Bot.Event.paused(reason: "spam", until: .seconds(900)), to: .botOne)
        try await append(.stored("account.renamed", "{}"), to: EntityID.account(AccountID(stored: "ghost")).stream)
        try await append(
            Provider.Event.switched(flag: .bot, enabled: false, reason: "r", ticket: "T"), to: .twitch)
        try await append(BotModule.Event.deleted, to: .moduleOne)
        try await append(BotModule.Event.words("b"), to: .moduleOne)
        try await append(BotModule.Event.words("c"), to: .botModule(.one, .linkProtection))
        try await append(BotModule.Event.deleted, to: .botModule(.one, .linkProtection))
        try await append(.stored("sticker.added", "{}"), to: StreamID(category: "sticker", key: "1"))
    }
}

/// All tables of a read models' file as text.
enum ReadModelsDump {
    static func lines(_ db: Database) throws -> [String] {
        let tables = ReadModelsFile.comparedTables
        let rows = try tables.flatMap { table in
            let key = try db.primaryKey(table).columns.joined(separator: ", ")
            return try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY \(key)").map { "\(table) \($0)" }
        }
        var state = try ProjectionState.read(db)
        // Not of the content: it says how often the content was another one.
        state?.generation = 0
        return rows + ["\(String(describing: state))"]
    }

    /// Of a file that is closed, or at least not written now.
    static func lines(of path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read(lines)
    }
}

extension TemporaryDirectory {
    /// A closed file in the hands of somebody who wants to change it.
    func tamper(_ name: String, _ sql: String, arguments: StatementArguments = []) throws {
        let queue = try DatabaseQueue(path: file(name))
        defer { try? queue.close() }
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
    }
}
