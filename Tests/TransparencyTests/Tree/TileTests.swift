import EventStore
import Foundation
import Testing
import TestTools
import Transparency

@Suite("A tile")
struct TileTests {
    @Test(arguments: [(0, "000"), (67, "067"), (1000, "x001/000"), (1_234_067, "x001/x234/067")])
    func `has the path that the specification gives it`(index: Int, path: String) {
        let full = TileAddress(level: 3, index: index)
        #expect(full.path == "tile/3/\(path)")
        #expect(TileAddress(level: "3", index: path[...]) == full)
        let partial = TileAddress(level: 0, index: index, width: 5)
        #expect(partial.path == "tile/0/\(path).p/5")
        #expect(TileAddress(level: "0", index: "\(path).p/5") == partial)
    }

    @Test(arguments: [
        ("0", ""), ("0", "1"), ("0", "0001"), ("0", "x000/001"), ("0", "000/001"), ("0", "x001/1"), ("0", "abc"),
        ("0", "000.p/0"), ("0", "000.p/256"), ("0", "000.p/01"), ("0", "000.p"), ("0", "000.p/"), ("0", "000/"),
        ("8", "000"), ("-1", "000"), ("00", "000"), ("", "000"), ("0", "+01"), ("0", "x001/x002/x003/x004/x005/006"),
        ("0", "٠٠٠"), ("0", "../checkpoint"), ("0", "x001/x234/067.p/5.p/5"),
    ])
    func `is found under no other path`(level: String, path: String) {
        #expect(TileAddress(level: level[...], index: path[...]) == nil)
    }

    @Test func `holds the nodes of the tree, whatever sizes it grew by`() throws {
        let tree = OracleTree(count: 70_000), hashes = tree.hashes
        let directory = try TemporaryDirectory()
        let files = try TileFiles(folder: directory.file("tree"))
        var steps = [1, 254, 1, 1, 255, 256, 257, 511, 1000, 65_000][...]
        while files.size < hashes.count {
            let end = min(hashes.count, files.size + (steps.popFirst() ?? 1500))
            try files.append(Array(hashes[files.size..<end]))
        }
        // The specification's own example.
        #expect(try files.tile(TileAddress(level: 0, index: 272))?.count == 256)
        #expect(try files.tile(TileAddress(level: 0, index: 273, width: 112))?.count == 112)
        #expect(try files.tile(TileAddress(level: 0, index: 273, width: 113)) == nil)
        #expect(try files.tile(TileAddress(level: 1, index: 1, width: 17))?.count == 17)
        #expect(try files.tile(TileAddress(level: 2, index: 0, width: 1))?.count == 1)
        #expect(try files.tile(TileAddress(level: 2, index: 0, width: 2)) == nil)
        let second = try #require(try files.tile(TileAddress(level: 1, index: 0)))
        for index in [0, 1, 100, 255] {
            let leaves = tree.leaves[(index * 256)..<((index + 1) * 256)]
            #expect(second[index] == OracleTree.hash(OracleTree.head(leaves)))
        }
        for size in [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000] {
            #expect(try files.root(size: size) == OracleTree.hash(tree.root(size)), "\(size)")
        }
    }

    @Test func `is read by others while it grows, and never half`() async throws {
        let tree = OracleTree(count: 3000), hashes = tree.hashes
        let directory = try TemporaryDirectory()
        let files = try TileFiles(folder: directory.file("tree"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for start in stride(from: 0, to: hashes.count, by: 7) {
                    try files.append(Array(hashes[start..<min(hashes.count, start + 7)]))
                }
            }
            group.addTask {
                while files.size < hashes.count {
                    let size = files.size
                    let made = try files.root(size: size), expected = try Frontier(of: hashes[..<size]).root
                    #expect(made == expected)
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `that is cut off is said to be damaged`() throws {
        let directory = try TemporaryDirectory()
        let files = try TileFiles(folder: directory.file("tree"))
        try files.append(OracleTree(count: 600).hashes)
        let handle = try FileHandle(forWritingTo: URL(filePath: directory.file("tree/level-0")))
        try handle.truncate(atOffset: 599 * 32 + 7)
        #expect(throws: TileError.damaged(path: directory.file("tree/level-0"), reason: "it is too short")) {
            try files.root(size: 600)
        }
        #expect(try TileFiles(folder: directory.file("tree")).size == 599)
    }
}

extension Frontier {
    init(of leaves: some Sequence<Hash>) throws {
        self.init()
        for leaf in leaves { append(leaf) }
    }
}
