import EventStore
import Testing
import Transparency

@Suite("A proof")
struct ProofTests {
    /// Certificate Transparency's test tree for RFC 6962, as its implementations share it.
    static let inputs = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]

    private static func vectors() -> OracleTree {
        OracleTree(inputs.map { OracleTree.leaf(bytes($0)) })
    }

    private static func bytes(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static let inclusions: [(index: Int, size: Int, path: [String])] = [
        (0, 1, []),
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1, 5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ]

    @Test(arguments: inclusions)
    func `of inclusion is that of the published vectors`(index: Int, size: Int, path: [String]) throws {
        let tree = Self.vectors(), source = try Leaves(tree.hashes)
        #expect(try source.inclusionPath(of: index, size: size).map(\.description) == path)
    }

    static let consistencies: [(from: Int, to: Int, path: [String])] = [
        (1, 1, []),
        (
            1, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            6, 8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (
            2, 5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ]

    @Test(arguments: consistencies)
    func `of consistency is that of the published vectors`(from: Int, to: Int, path: [String]) throws {
        let source = try Leaves(Self.vectors().hashes)
        #expect(try source.consistencyPath(from: from, to: to).map(\.description) == path)
    }

    @Test func `of inclusion is the RFC's, for every leaf of every tree to 70, and no other passes for it`() throws {
        let tree = OracleTree(count: 70), source = try Leaves(tree.hashes)
        for size in 1...70 {
            let root = OracleTree.hash(tree.root(size))
            #expect(try source.root(size: size) == root)
            for index in 0..<size {
                let path = try source.inclusionPath(of: index, size: size)
                #expect(path == tree.path(index, size).map(OracleTree.hash))
                let leaf = tree.hashes[index]
                #expect(ProofCheck.root(of: leaf, at: index, size: size, path: path) == root)
                let other = ProofCheck.root(of: leaf, at: index ^ 1, size: size, path: path)
                #expect(other != root || size == 1)
                #expect(ProofCheck.root(of: leaf, at: index, size: size, path: path + [root]) != root)
                #expect(path.isEmpty || ProofCheck.root(of: leaf, at: index, size: size, path: path.dropLast()) != root)
            }
        }
    }

    @Test func `of consistency holds between any two trees to 70, and for no other roots`() throws {
        let tree = OracleTree(count: 70), source = try Leaves(tree.hashes)
        let roots = (0...70).map { OracleTree.hash(tree.root($0)) }
        for to in 0...70 {
            for from in 0...to {
                let path = try source.consistencyPath(from: from, to: to)
                func holds(_ first: Hash, _ second: Hash, _ path: [Hash]) -> Bool {
                    ProofCheck.isConsistent(from: from, first, to: to, second, path: path)
                }
                #expect(holds(roots[from], roots[to], path), "\(from) to \(to)")
                let wrong = Hash(of: [7])
                #expect(!holds(wrong, roots[to], path), "\(from) to \(to)")
                if from > 0 { #expect(!holds(roots[from], wrong, path), "\(from) to \(to)") }
                #expect(!holds(roots[from], roots[to], path + [wrong]), "\(from) to \(to)")
                for index in path.indices {
                    var changed = path
                    changed[index] = wrong
                    #expect(!holds(roots[from], roots[to], changed), "\(from) to \(to)")
                }
            }
        }
    }

    @Test func `with numbers that make no sense proves nothing`() {
        let hash = Hash(of: [1])
        for (index, size) in [(-1, 1), (1, 1), (0, 0), (.max, .max), (0, -1)] {
            #expect(ProofCheck.root(of: hash, at: index, size: size, path: []) == nil)
        }
        #expect(ProofCheck.root(of: hash, at: .max - 1, size: .max, path: []) == nil)
        #expect(!ProofCheck.isConsistent(from: 2, hash, to: 1, hash, path: []))
        #expect(!ProofCheck.isConsistent(from: -1, hash, to: 1, hash, path: []))
        #expect(!ProofCheck.isConsistent(from: 3, hash, to: .max, hash, path: []))
    }
}

/// A source of subtrees that adds them up anew every time.
private struct Leaves: SubtreeSource {
    let hashes: [Hash]

    init(_ hashes: [Hash]) throws { self.hashes = hashes }

    func subtree(height: Int, index: Int) throws -> Hash {
        .root(over: hashes[(index << height)..<((index + 1) << height)])
    }
}
