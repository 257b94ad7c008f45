import EventStore
import Testing
import TestTools

@Suite("A journal whose process is killed")
struct KillTests {
    private static let rounds = 60

    /// What is left after a kill: everything that was promised, and nothing by halves.
    private func verify(
        _ journal: Journal, after verified: Int, _ promises: [Storm.Promise], _ leaves: inout [[UInt8]]
    ) throws {
        var fresh: [Int: RecordedEvent] = [:]
        for event in try journal.readAll(EventFilter(first: verified + 1), limit: .max).events {
            try #require(event.position == leaves.count + 1)
            #expect(event.recomputedLeafHash() == event.leafHash)
            leaves.append(MerkleTree.bytes(event.leafHash))
            fresh[event.position] = event
        }
        #expect(journal.head == leaves.count)
        #expect(try journal.frontier().size == leaves.count)
        for promise in promises {
            let event = try #require(fresh[promise.position], "\(promise) was acknowledged, and is lost")
            #expect(event.stream.description == promise.stream && event.revision == promise.revision)
            #expect(String(decoding: event.data, as: UTF8.self) == promise.data)
        }
        for stream in Set(fresh.values.map(\.stream)) {
            let read = try journal.readStream(stream)
            #expect(read.map(\.revision) == Array(0..<read.count))
            let expected = fresh.values.filter { $0.stream == stream }.map(\.position).sorted()
            #expect(read.map(\.position).filter { $0 > verified } == expected)
        }
        // An append is there with all of its events or with none: the last one always is an append's last.
        let last = try #require(fresh[leaves.count])
        let words = String(decoding: last.data, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        #expect(words[3] == words[2] % 3)
    }

    @Test(.timeLimit(.minutes(3)))
    func `has everything that was acknowledged, however often it is killed`() async throws {
        let directory = try TemporaryDirectory()
        var leaves: [[UInt8]] = []
        var promised = 0, tails = 0
        for round in 1...Self.rounds {
            let storm = Storm(directory: directory.path, writers: [1, 4, 16, 64][round % 4])
            let promises = try await storm.rage(milliseconds: .random(in: 20...80))
            #expect(!promises.isEmpty)
            promised += promises.count
            let left = DirectoryLock.holder(of: directory.path)
            #expect(left == promises.first.map { "JournalStorm, process \($0.process)" })

            let lock = try DirectoryLock(directory: directory.path, holder: "the test, round \(round)")
            let killed = try JournalReader(directory: directory.path)
            if try killed.indexedPosition() < killed.head { tails += 1 }
            let journal = try Journal.open(directory: directory.path)
            defer { journal.close() }
            try verify(journal, after: leaves.count, promises, &leaves)
            if round.isMultiple(of: 20) {
                #expect(try MerkleTree.bytes(journal.frontier().root) == MerkleTree.head(leaves[...]))
            }
            withExtendedLifetime(lock) {}
        }
        try await withJournal(in: directory) { try $0.expectSound() }
        try directory.expectIndexed()
        #expect(promised > Self.rounds && tails > 0)
    }
}
