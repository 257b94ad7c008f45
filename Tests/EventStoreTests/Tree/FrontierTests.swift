import GRDB
import Testing
import TestTools

@testable import EventStore

@Suite("The tree over the events")
struct FrontierTests {
    /// The inputs and heads of Certificate Transparency's own tests for RFC 6962.
    static let vectors = [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ]

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue).map(UInt8.init)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func hash(_ bytes: [UInt8]) throws -> Hash {
        try #require(bytes.withUnsafeBytes { Hash($0) })
    }

    @Test func `has the heads of the published vectors`() throws {
        var frontier = Frontier()
        #expect(frontier.root.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for (entry, head) in Self.vectors {
            frontier.append(try Self.hash(MerkleTree.leaf(Self.bytes(entry))))
            #expect(frontier.root.description == head)
        }
    }

    @Test func `has the head that the RFC's recursion gives, for every size to 130`() throws {
        var frontier = Frontier()
        var leaves: [[UInt8]] = []
        for size in 0...130 {
            #expect(frontier.size == size)
            #expect(MerkleTree.bytes(frontier.root) == MerkleTree.head(leaves[...]))
            let stored = frontier.bytes
            #expect(stored.count == size.nonzeroBitCount * 32)
            #expect(stored.withUnsafeBytes { Frontier(size: size, bytes: $0) } == frontier)
            leaves.append(MerkleTree.leaf(Array("entry \(size)".utf8)))
            frontier.append(try Self.hash(leaves[size]))
        }
    }

    @Test func `is not read from bytes that do not fit its size`() {
        for (size, count) in [(1, 0), (0, 32), (3, 32), (2, 33), (-1, 32), (-1, 2048)] {
            let bytes = [UInt8](repeating: 0, count: count)
            #expect(bytes.withUnsafeBytes { Frontier(size: size, bytes: $0) } == nil)
        }
    }

    @Test func `goes on after reopening`() async throws {
        let directory = try TemporaryDirectory()
        for round in 1...9 {
            try await withJournal(in: directory) { journal in
                _ = try await journal.append(.numbered(0..<round), to: .bot(round), expected: .noStream)
                #expect(try journal.frontier().size == round * (round + 1) / 2)
                try journal.expectSound()
            }
            let root = try await withJournal(in: directory) { try $0.frontier().root }
            #expect(try Journal.summary(directory: directory.path).root == root)
        }
    }

    @Test func `is not trusted when it does not match the events`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<3), to: .bot(), expected: .any)
        }
        try directory.withRawDatabase { db in
            try db.execute(sql: "UPDATE tree SET size = 1, frontier = substr(frontier, 1, 32)")
        }
        #expect(throws: JournalError.self) { try Journal.open(directory: directory.path) }
    }
}
