import BotModules
import Domain
import TestTools
import Testing

@testable import Worker

extension FeedEntry {
    /// Of a kind that no program of today makes.
    static func moon(_ key: String, _ text: String = #"{"full":true}"#) throws -> FeedEntry {
        let kind = try #require(DocumentKind(rawValue: "moon_phase"))
        return FeedEntry(kind: kind, key: key, value: Array(text.utf8))
    }
}

@Suite("Documents of a newer server")
struct UnknownKindTests {
    private static func model() throws -> FeedModel {
        var model = FeedModel(RefusalTests.good[0], RefusalTests.good[2])
        model.put(try .moon("tonight"))
        return model
    }

    @Test func `of an unknown kind are kept as they are, counted, not used and not refused`() throws {
        var model = try Self.model()
        var set = try ActiveSet(model)
        let tenant = set.tenant(.one)
        // What is no JSON to us may be none by intent.
        for entry in try [FeedEntry.moon("tonight", "{"), .moon("new", ""), .moon("acct_1:twitch")] {
            #expect(set.apply(model.put(entry)) == .applied)
        }
        #expect(set.apply(model.delete(try .moon("new"))) == .applied)
        #expect(set.digest == model.digest && set.documents == model.documents)
        #expect(set.nacks == [] && set.tenant(.one) == tenant && set.accountCount == 1)
        #expect(set.unknownKinds.map(\.rawValue) == ["moon_phase"])
        try set.replaceAll(model.snapshot)
        #expect(set.digest == model.digest && set.nacks == [])
    }

    @Test func `of guilds are held, and refused when they are not right`() throws {
        var model = try Self.model()
        var set = try ActiveSet(model)
        #expect(set.apply(model.put(Samples.guild("4711", of: "acct_1"))) == .applied)
        #expect(set.nacks == [])
        let wrong = FeedEntry(kind: .guild, key: "4712", value: Samples.guild("4711", of: "acct_1").value)
        _ = set.apply(model.put(wrong))
        #expect(set.nacks.count == 1 && set.digest == model.digest)
        #expect(set.apply(model.delete(Samples.guild("4711", of: "acct_1"))) == .applied)
    }

    @Test func `of an unknown kind are told of by their number`() throws {
        var writer = JSONWriter()
        try ActiveSet(Self.model()).encode(into: &writer)
        let json = try JSONParser.parse(writer.bytes)
        #expect(
            json["counts"] == [
                "account": 1, "provider": 0, "bot": 1, "bot_module": 0, "extension": 0, "extension_install": 0,
                "guild": 0, "bot_command": 0, "moon_phase": 1,
            ])
    }

    @Test func `of an unknown kind survive the state file`() throws {
        let directory = try TemporaryDirectory(), file = try StateFile(directory: directory.path)
        let set = try ActiveSet(Self.model())
        try file.save(set, at: Samples.now)
        guard case .read(let read) = file.load() else { return #expect(Bool(false)) }
        #expect(read.documents == set.documents && read.digest == set.digest && read.nacks == [])
    }

    @Test func `of an unknown kind come in lines and in events`() throws {
        let model = try Self.model()
        var reader = SnapshotReader()
        try SnapshotReaderTests.lines(of: model.snapshot).withUnsafeBufferPointer { try reader.read($0) }
        var set = ActiveSet()
        try set.replaceAll(reader.finish())
        #expect(set.documents == model.documents)
        let events = model.changes.map { ServerSentEvent(type: "put", data: $0.bytes, lastEventID: "\($0.id)") }
        #expect(try FeedMessage.messages(events) == [.changes(model.changes)])
    }

    @Test(arguments: RefusalTests.good)
    func `of a known kind may hold members that are not known`(entry: FeedEntry) throws {
        let model = FeedModel(entry), newer = entry.replacing(#""revision":0"#, #""revision":0,"mood":{"of":["x"]}"#)
        #expect(newer.value != entry.value)
        let set = try ActiveSet(FeedModel(newer)), former = try ActiveSet(model)
        #expect(set.nacks == [])
        #expect(set.tenant(.one)?.bots == former.tenant(.one)?.bots)
        #expect(set.tenant(.one)?.account == former.tenant(.one)?.account)
        #expect(set.provider(.twitch) == former.provider(.twitch))
    }

    @Test func `may configure a module with members that are not known; the known ones hold`() throws {
        let module = Samples.module("acct_1", .linkProtection, config: ["action": "delete", "mood": ["x": [1]]])
            .replacing(#""exempt_roles":{}"#, #""exempt_roles":{"vips":true,"poets":true}"#)
        let set = try ActiveSet(FeedModel(Samples.account("acct_1"), module))
        let settings = try #require(set.settings(of: .one, .linkProtection))
        let plain = try ModuleSettings(
            module: .linkProtection, config: ["action": "delete"], exemptRoles: ["vips": true])
        #expect(set.nacks == [] && settings.typed == plain.typed && settings.exempt == plain.exempt)
    }

    @Test func `of a known kind that cannot be read are refused, and what was good stays`() throws {
        var model = try Self.model()
        var set = try ActiveSet(model)
        _ = set.apply(model.put(RefusalTests.good[2].replacing(#""paused":true"#, #""paused":{"since":1}"#)))
        #expect(set.nacks.map(\.kind) == [.bot] && set.pausedBots.count == 1 && set.digest == model.digest)
    }
}
