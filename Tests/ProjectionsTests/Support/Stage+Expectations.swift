import Domain
import EventStore
import Testing

@testable import Projections

extension Stage {
    /// Every document, by kind and key.
    func documents() throws -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: try snapshot().entries.map { ("\($0.kind.rawValue)-\($0.key)", $0.value) })
    }

    func snapshot() throws -> (head: FeedHead, entries: [FeedEntry]) {
        var head: FeedHead?
        var entries: [FeedEntry] = []
        try readModels.feedSnapshot(at: clock.now) {
            head = $0
        } entry: {
            entries.append($0)
        }
        return (try #require(head), entries)
    }

    /// The stored digest is the sum of the documents' hashes, added up here byte by byte.
    func expectDigest(location: SourceLocation = #_sourceLocation) throws {
        var sum = [UInt8](repeating: 0, count: 32)
        let snapshot = try snapshot()
        for document in snapshot.entries {
            let entry = Array(document.kind.rawValue.utf8) + [0] + Array(document.key.utf8) + [0] + document.value
            var carry = 0
            let hash = Hash(of: entry).bytes
            for index in (0..<32).reversed() {
                carry += Int(sum[index]) + Int(hash[index])
                sum[index] = UInt8(carry & 255)
                carry >>= 8
            }
        }
        let digits = sum.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        #expect(try status().digest == digits, sourceLocation: location)
        #expect(snapshot.head.digest.description == digits, sourceLocation: location)
        #expect(readModels.feedHead(at: clock.now) == snapshot.head, sourceLocation: location)
    }

    /// Who applies the whole feed holds exactly the documents, and meets no gap on the way.
    func expectFeedEndsInDocuments(location: SourceLocation = #_sourceLocation) throws {
        var held: [String: [UInt8]] = [:]
        var last = ChangeID.zero
        for change in try changes() {
            guard change.previous == last, change.id > last else {
                Issue.record("\(change) does not follow \(last)", sourceLocation: location)
                return
            }
            last = change.id
            held["\(change.kind.rawValue)-\(change.key)"] = change.value
        }
        #expect(try status().lastChange == last, sourceLocation: location)
        #expect(try held == documents(), sourceLocation: location)
    }

    /// A rebuild finds nothing, and leaves every row as it was.
    func expectRebuildFindsNothing(location: SourceLocation = #_sourceLocation) async throws {
        let before = try dump()
        let report = try await readModels.rebuild()
        #expect(report.differences == [], sourceLocation: location)
        #expect(try report.digest == status().digest, sourceLocation: location)
        #expect(try dump() == before, sourceLocation: location)
    }
}
