import Domain
import EventStore
import Foundation
import GRDB
import Testing
import TestTools

@testable import Privacy

@Suite("Personal text")
struct PersonalSealTests {
    private let directory: TemporaryDirectory
    private let keys: PersonalKeys
    private let seal: PersonalSeal

    init() throws {
        directory = try TemporaryDirectory()
        keys = try PersonalKeys(directory: directory.path)
        seal = PersonalSeal(keys)
    }

    private static let metadata = EventMetadata(
        actor: Actor(kind: .user, id: "42", display: "Ada"), source: .rest, ip: "192.0.2.7", userAgent: "curl",
        commandID: "c", correlationID: "r")

    private func paused(_ reason: String?, as metadata: EventMetadata = metadata) -> NewEvent {
        let event = Bot.Event.paused(reason: reason, until: nil)
        return NewEvent(
            type: event.name.rawValue, schemaVersion: Upcasters.currentVersion, data: event.data,
            metadata: metadata.bytes)
    }

    private static func bot(_ account: String) -> StreamID {
        StreamID(category: "bot", key: "\(account):twitch", account: account)
    }

    private let stream = bot("acct_1")

    private func open(_ bytes: [UInt8]) -> [UInt8]? { bytes.withUnsafeBufferPointer(seal.open) }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `is sealed for its subject and comes back as it was`() async throws {
        let event = paused(#"He said "no" – 😀"#)
        let sealed = try #require(try await seal.seal(event, in: stream))
        #expect(sealed.schemaVersion == Upcasters.sealedVersion && sealed.type == event.type)
        #expect(!text(sealed.data).contains("said") && text(sealed.data).contains(#""subject":"account:acct_1""#))
        for word in ["Ada", "192.0.2.7", "curl"] { #expect(!text(sealed.metadata).contains(word)) }
        #expect(text(sealed.metadata).contains(#""subject":"user:42""#))
        #expect(text(sealed.metadata).contains(#""id":"42""#), "who acted stays provable")
        #expect(open(sealed.data) == event.data && open(sealed.metadata) == event.metadata)
    }

    @Test func `of what may change hands is about the account that it names`() async throws {
        let event = Guild.Event.mapped(account: AccountID(stored: "acct_7"), name: "Ana's Lounge")
        let new = NewEvent(
            type: event.name.rawValue, schemaVersion: 1, data: event.data, metadata: Self.metadata.bytes)
        let sealed = try #require(
            try await seal.seal(new, in: StreamID(category: "guild", key: "42", account: nil)))
        #expect(text(sealed.data).contains(#""subject":"account:acct_7""#) && !text(sealed.data).contains("Lounge"))
        #expect(open(sealed.data) == event.data)
    }

    @Test func `of nobody's account is about whoever acted`() async throws {
        let event = Provider.Event.switched(flag: .bot, enabled: false, reason: "incident", ticket: nil)
        let new = NewEvent(
            type: event.name.rawValue, schemaVersion: 1, data: event.data, metadata: Self.metadata.bytes)
        let sealed = try #require(
            try await seal.seal(new, in: StreamID(category: "provider", key: "twitch", account: nil)))
        #expect(text(sealed.data).contains(#""subject":"user:42""#))
    }

    @Test func `is not made of what has none`() async throws {
        let plain = EventMetadata(actor: .system, source: .system, commandID: "c", correlationID: "r")
        #expect(try await seal.seal(paused(nil, as: plain), in: stream) == nil)
        let half = try #require(try await seal.seal(paused(nil), in: stream))
        #expect(half.schemaVersion == Upcasters.currentVersion && half.data == paused(nil).data)
        #expect(open(paused("open").data) == nil, "what was stored before stays as it is")
        #expect(open(Array("not JSON".utf8)) == nil)
    }

    @Test func `of one subject cannot be passed off as another's, nor be changed`() async throws {
        let sealed = text(try #require(try await seal.seal(paused("his"), in: stream)).data)
        _ = try await seal.seal(paused("hers"), in: Self.bot("acct_2"))
        let other = sealed.replacing("account:acct_1", with: "account:acct_2")
        #expect(open(Array(other.utf8)).map(text)?.contains(#""unreadable":"no_key""#) == true)
        let start = try #require(sealed.range(of: #""sealed":""#)).upperBound
        for offset in [0, 17, 30] {
            var bent = Array(sealed.utf8)
            let place = sealed.utf8.distance(from: sealed.utf8.startIndex, to: start) + offset
            bent[place] = bent[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(open(bent).map(text)?.contains("his") == false)
        }
    }

    @Test func `that was sealed long ago is opened for ever`() throws {
        let key = Data((0..<32).map { UInt8($0) })
        let queue = try DatabaseQueue(path: directory.file(PersonalKeys.fileName))
        try queue.write { db in
            try db.execute(
                sql: "INSERT INTO keys (id, subject, secret) VALUES ('c2FtcGxla2V5', 'account:acct_1', ?)",
                arguments: [key])
        }
        let stored = """
            {"until":"2026-11-21T12:00:00.000000Z","personal":{"subject":"account:acct_1","key":"c2FtcGxla2V5",\
            "sealed":"BAQEBAQEBAQEBAQE7HYKuaD7y8Pb09jGF/MY+1HPFK+WvGba/W3si5i8joky6696KhBwSVDXLBtV"}}
            """
        #expect(
            open(Array(stored.utf8)).map(text)
                == #"{"until":"2026-11-21T12:00:00.000000Z","personal":{"reason":"raid in progress"}}"#)
    }

    @Test func `that is unreadable says why, and an event that needs it has a placeholder`() async throws {
        let renamed = Account.Event.renamed(name: "Ada's channel")
        let new = NewEvent(
            type: renamed.name.rawValue, schemaVersion: 1, data: renamed.data, metadata: Self.metadata.bytes)
        let sealed = try #require(try await seal.seal(new, in: Self.bot("acct_1")))
        func name(_ bytes: [UInt8]) throws -> Account.Event {
            try bytes.withUnsafeBufferPointer {
                try Account.Event(type: sealed.type, schemaVersion: sealed.schemaVersion, data: $0)
            }
        }
        #expect(try name(try #require(open(sealed.data))) == .renamed(name: "Ada's channel"))
        #expect(try name(sealed.data) == .renamed(name: "[sealed]"), "read without keys")
        #expect(try keys.erase(keys.keyIDs(of: Subject(.account, "acct_1"))) == 1)
        let erased = try #require(open(sealed.data))
        #expect(text(erased).contains(#""unreadable":"erased""#))
        #expect(try name(erased) == .renamed(name: "[erased]"))
        let elsewhere = PersonalSeal(try PersonalKeys(readingIn: directory.path + "/nowhere"))
        #expect(sealed.data.withUnsafeBufferPointer(elsewhere.open).map(text)?.contains("no_key") == true)
    }
}
