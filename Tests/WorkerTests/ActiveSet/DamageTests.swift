import Domain
import TestTools
import Testing

@testable import Worker

@Suite("Damaged documents")
struct DamageTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `end nothing, and are counted`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var model = FeedModel()
        for entry in RefusalTests.good { model.put(entry) }
        var set = try ActiveSet(model)
        for _ in 0..<3000 {
            let entry = RefusalTests.good[Int.random(in: 0..<4, using: &random)]
            #expect(set.apply(model.put(Self.damaged(entry, &random))) == .applied)
        }
        #expect(set.digest == model.digest, "seed \(seed)")
        #expect(try ActiveSet(model).digest == model.digest, "seed \(seed)")
        for entry in RefusalTests.good { _ = set.apply(model.put(entry)) }
        #expect(set.nacks == [], "seed \(seed)")
    }

    private static func damaged(_ entry: FeedEntry, _ random: inout SeededRandom) -> FeedEntry {
        var bytes = entry.value
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: Array(#"{"[]},:\"#.utf8).shuffled(using: &random).prefix(2), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return FeedEntry(kind: entry.kind, key: entry.key, value: bytes)
    }
}
