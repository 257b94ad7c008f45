import Domain
import Testing

@testable import Worker

@Suite("A snapshot in lines")
struct SnapshotReaderTests {
    static let model = FeedModel(
        Samples.account("acct_1"), Samples.bot("acct_1", .twitch), Samples.module("acct_1", .wordFilter))

    /// As a server writes it.
    static func lines(of snapshot: FeedSnapshot) -> [UInt8] {
        var bytes = snapshot.head.bytes + [0x0A]
        for entry in snapshot.entries {
            var writer = JSONWriter()
            entry.encode(into: &writer)
            bytes += writer.bytes + [0x0A]
        }
        return bytes
    }

    private func read(_ pieces: [UInt8]...) throws -> FeedSnapshot {
        var reader = SnapshotReader()
        for piece in pieces { try piece.withUnsafeBufferPointer { try reader.read($0) } }
        return try reader.finish()
    }

    @Test func `is read in any pieces, with or without a last line feed`() throws {
        let snapshot = Self.model.snapshot
        let bytes = Self.lines(of: snapshot)
        for place in bytes.indices {
            let read = try read(Array(bytes[..<place]), Array(bytes[place...]))
            #expect(read.head == snapshot.head && read.entries == snapshot.entries)
        }
        #expect(try read(Array(bytes.dropLast())).entries == snapshot.entries)
    }

    @Test func `is unreadable when a line is none, and absent when there is no head`() throws {
        let bytes = Self.lines(of: Self.model.snapshot)
        #expect(throws: FeedFailure.self) { try read(bytes, Array("{\"kind\":\"account\"}\n".utf8)) }
        #expect(throws: FeedFailure.self) { try read(Array("<html>\n".utf8)) }
        #expect(throws: FeedFailure.self) { try read([]) }
    }

    @Test func `shares the memory of documents that are held and equal, and no others`() throws {
        let set = try ActiveSet(Self.model)
        var newer = Self.model
        let changed = newer.put(Samples.account("acct_1", plan: .free))
        var reader = SnapshotReader(beside: HeldDocuments(set))
        try Self.lines(of: newer.snapshot).withUnsafeBufferPointer { try reader.read($0) }
        let snapshot = try reader.finish()
        for entry in snapshot.entries {
            let held = try #require(set.documents[DocumentKey(entry.kind, entry.key)])
            let isShared = entry.value.withUnsafeBufferPointer { mine in
                held.withUnsafeBufferPointer { $0.baseAddress == mine.baseAddress }
            }
            #expect(isShared == (entry.kind != changed.kind))
        }
        #expect(try set.replaced(by: snapshot).digest == newer.digest)
    }

    @Test func `is found to be cut off by its digest`() throws {
        let bytes = Self.lines(of: Self.model.snapshot)
        let head = try #require(bytes.firstIndex(of: 0x0A))
        for (place, byte) in bytes.enumerated() where byte == 0x0A && place < bytes.count - 1 && place >= head {
            let cut = try read(Array(bytes[...place]))
            #expect(throws: ActiveSet.DigestMismatch.self) {
                var set = ActiveSet()
                try set.replaceAll(cut)
            }
        }
    }
}
