import Domain
import Foundation
import TestTools
import Testing

@testable import Worker

@Suite("The state file")
struct StateFileTests {
    private let directory: TemporaryDirectory
    private let file: StateFile

    init() throws {
        directory = try TemporaryDirectory()
        file = try StateFile(directory: directory.path)
    }

    private func loaded() -> ActiveSet? {
        if case .read(let set) = file.load() { set } else { nil }
    }

    private static func sample() throws -> ActiveSet {
        var model = FeedModel(
            Samples.account("acct_1"), Samples.provider(.kick, off: [.platform]),
            Samples.bot("acct_1", .twitch, isPaused: true), Samples.module("acct_1", .wordFilter))
        var set = try ActiveSet(model)
        _ = set.apply(model.put(Samples.bot("acct_1", .twitch).saying("{broken\n")))
        return set
    }

    @Test func `gives back what was written, refused documents and what stands in for them too`() throws {
        let set = try Self.sample()
        try file.save(set, at: Samples.now)
        let read = try #require(loaded())
        #expect(read.epoch == set.epoch && read.cursor == set.cursor && read.digest == set.digest)
        #expect(read.documents == set.documents && read.tenant(.one) == set.tenant(.one))
        #expect(read.standing(of: .one, on: .twitch).state == .paused, "an unreadable document lifts no pause")
        #expect(read.nacks.map(\.key) == set.nacks.map(\.key))
        #expect(try directory.contents() == [StateFile.fileName])
    }

    @Test func `is absent at first`() {
        guard case .absent = file.load() else { return #expect(Bool(false)) }
    }

    @Test func `is put aside when anything is cut off`() throws {
        try file.save(Self.sample(), at: Samples.now)
        let bytes = try directory.bytes(of: StateFile.fileName)
        for length in bytes.indices { try expectPutAside(bytes[..<length]) }
    }

    @Test func `is put aside when any byte was changed`() throws {
        try file.save(Self.sample(), at: Samples.now)
        let bytes = try directory.bytes(of: StateFile.fileName)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= UInt8(1 << (index % 8))
            try expectPutAside(damaged[...])
        }
    }

    @Test(arguments: ["", "{}", "SQLite format 3\u{0}", String(repeating: "x", count: 10_000)])
    func `is put aside when it is something else`(text: String) throws {
        try expectPutAside(Array(text.utf8)[...])
    }

    @Test func `is put aside when something follows it`() throws {
        try file.save(Self.sample(), at: Samples.now)
        try expectPutAside((directory.bytes(of: StateFile.fileName) + [0])[...])
    }

    private func expectPutAside(_ bytes: ArraySlice<UInt8>) throws {
        try directory.write(bytes, to: StateFile.fileName)
        guard case .putAside(let reason) = file.load() else {
            Issue.record("\(bytes.count) bytes were taken")
            return
        }
        #expect(reason.contains(".damaged"))
        #expect(try directory.contents() == [StateFile.fileName + ".damaged"])
    }

    @Test func `is the former one after a kill in the middle of writing`() throws {
        let set = try Self.sample()
        try file.save(set, at: Samples.now)
        try directory.write(
            directory.bytes(of: StateFile.fileName).prefix(100), to: StateFile.fileName + ".incomplete")
        #expect(loaded()?.digest == set.digest)
        try file.save(set, at: Samples.now)
        #expect(try directory.contents() == [StateFile.fileName], "what was left over is written over")
    }

    /// Who runs the tests may be allowed to write everywhere: a folder in the way stops everybody.
    @Test func `stays the former one when it cannot be written`() throws {
        let set = try Self.sample()
        try file.save(set, at: Samples.now)
        let obstacle = directory.path + "/" + StateFile.fileName + ".incomplete/x"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        #expect(throws: POSIXFailure.self) { try file.save(ActiveSet(), at: Samples.now) }
        #expect(loaded()?.digest == set.digest)
    }

    @Test func `does no harm when it is damaged and cannot be put aside`() throws {
        try directory.write([1, 2, 3], to: StateFile.fileName)
        let obstacle = directory.path + "/" + StateFile.fileName + ".damaged/x"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        guard case .putAside(let reason) = file.load() else { return #expect(Bool(false)) }
        #expect(reason.contains("stays where it is"))
    }

    @Test func `needs a folder that can be made`() throws {
        try directory.write([], to: "file")
        #expect(throws: StateFile.DirectoryNotMade.self) { try StateFile(directory: directory.path + "/file/state") }
    }
}
