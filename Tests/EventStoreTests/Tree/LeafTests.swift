import Crypto
import Foundation
import Testing

@testable import EventStore

@Suite("A leaf of the tree")
struct LeafTests {
    private let id = EventID(milliseconds: 0x017F_22E2_79B0, sequence: 0xCC3, random: 0x18C4_DC0C_0C07_398F << 2)

    private func entry(stream: String = "bot-a1:twitch", type: String = "bot.paused") -> (text: String, hash: Hash) {
        var leaf = Leaf()
        let parts = LeafParts(
            stream: stream, type: type, schemaVersion: 1, dataHash: Hash(text: "{}"), metadataHash: Hash(text: ""))
        let hash = leaf.hash(position: 42, id: id, revision: 7, recordedAt: 1_700_000_000_000_042, parts)
        return (leaf.text, hash)
    }

    @Test func `is one line of JSON with its members in the published order`() {
        let (text, hash) = entry()
        let golden =
            #"{"position":42,"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","stream":"bot-a1:twitch","revision":7,"#
            + #""type":"bot.paused","schema_version":1,"recorded_at":1700000000000042,"#
            + #""data_sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","#
            + #""metadata_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#
        #expect(text == golden)
        #expect(MerkleTree.bytes(hash) == MerkleTree.leaf(Array(golden.utf8)))
    }

    @Test(arguments: [#"a"b"#, #"a\b"#, "a\nb", "a\u{0}b\u{1F}", "é💥", #"x","revision":0,"type":"y"#])
    func `is JSON whatever the names are`(name: String) throws {
        let text = entry(stream: name, type: name).text
        #expect(!text.contains("\n"))
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(object?["stream"] as? String == name)
        #expect(object?["type"] as? String == name)
        #expect(object?.count == 9)
    }

    @Test func `is stored with its event, and can be made again from the row`() async throws {
        let clock = TestClock()
        try await withJournal(options: clock.options) { journal in
            _ = try await journal.append(.numbered(0..<20), to: .bot(), expected: .any)
            for event in try journal.allEvents() {
                let data = MerkleTree.hexadecimal(SHA256.hash(data: event.data))
                let metadata = MerkleTree.hexadecimal(SHA256.hash(data: event.metadata))
                let entry =
                    #"{"position":\#(event.position),"id":"\#(event.id)","stream":"bot-a1:twitch","#
                    + #""revision":\#(event.position - 1),"type":"bot.paused","schema_version":1,"#
                    + #""recorded_at":\#(clock.now),"data_sha256":"\#(data)","metadata_sha256":"\#(metadata)"}"#
                #expect(MerkleTree.bytes(event.leafHash) == MerkleTree.leaf(Array(entry.utf8)))
            }
        }
    }
}
