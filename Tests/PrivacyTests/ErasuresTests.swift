import Domain
import EventStore
import Foundation
import Testing
import TestTools

@testable import Privacy

@Suite("An erasure")
struct ErasuresTests {
    private let directory: TemporaryDirectory
    private let ada = Subject(.account, "ada")
    private static let stream = StreamID(category: "account", key: "ada", account: "ada")
    private let metadata = EventMetadata(
        actor: Actor(kind: .user, id: "1", display: "Eve"), source: .cli, commandID: "c", correlationID: "r")

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ body: (Journal, PersonalKeys) async throws -> Void) async throws {
        let keys = try PersonalKeys(directory: directory.path)
        let journal = try Journal.open(directory: directory.path, options: .init(sealing: PersonalSeal(keys)))
        defer { journal.close() }
        try await body(journal, keys)
    }

    private func rename(_ journal: Journal, _ name: String) async throws {
        let event = Account.Event.renamed(name: name)
        let new = NewEvent(
            type: event.name.rawValue, schemaVersion: Upcasters.currentVersion, data: event.data,
            metadata: metadata.bytes)
        _ = try await journal.append([new], to: Self.stream, expected: .any)
    }

    private func names(_ journal: Journal) throws -> [String] {
        try journal.readStream(Self.stream).map { event in
            String(decoding: event.data, as: UTF8.self)
        }
    }

    @Test func `leaves the leaves, and takes the text`() async throws {
        try await run { journal, keys in
            try await rename(journal, "Ada")
            let before = try #require(try journal.event(at: 1))
            #expect(String(decoding: before.data, as: UTF8.self).contains("Ada"))
            #expect(!String(decoding: before.stored.data, as: UTF8.self).contains("Ada"))
            let root = try journal.frontier().root
            let result = try await Erasures(journal, keys).erase(ada, ticket: "T-1", metadata)
            #expect(result?.position == 2)
            let after = try #require(try journal.event(at: 1))
            #expect(after.stored.data == before.stored.data && after.leafHash == before.leafHash)
            let text = String(decoding: after.data, as: UTF8.self)
            #expect(text == #"{"personal":{"subject":"account:ada","unreadable":"erased"}}"#)
            #expect(try journal.frontier().root != root, "the erasure is recorded")
            #expect(try await Erasures(journal, keys).erase(ada, ticket: nil, metadata) == nil)
            try await rename(journal, "Ada again")
            #expect(try names(journal)[1].contains("Ada again"), "what is said from now on is another matter")
        }
    }

    @Test func `takes the text out of what searching finds`() async throws {
        try await run { journal, keys in
            try await rename(journal, "Lovelace")
            let found = try journal.readAll(EventFilter(text: "lovelace"), limit: 10)
            #expect(found.events.count == 1)
            _ = try await Erasures(journal, keys).erase(ada, ticket: nil, metadata)
            #expect(try journal.readAll(EventFilter(text: "lovelace"), limit: 10).events.isEmpty)
        }
    }

    @Test func `that a crash has cut short is settled at the next start, also with an old file of keys`() async throws {
        let file = directory.file(PersonalKeys.fileName)
        try await run { journal, keys in
            try await rename(journal, "Ada")
            try FileManager.default.copyItem(atPath: file, toPath: file + ".old")
            _ = try await Erasures(journal, keys).erase(ada, ticket: nil, metadata)
            try keys.rebuilt()
        }
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: file + ".old", toPath: file)
        try await run { journal, keys in
            #expect(try names(journal)[0].contains("Ada"))
            try Erasures(journal, keys).settle()
            #expect(try names(journal)[0].contains("erased"))
            #expect(try keys.mustRebuild)
            try Erasures(journal, keys).settle()
        }
    }
}
