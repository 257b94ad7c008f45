import Domain
import EventStore
import Foundation
import Testing

@testable import Transparency

@Suite("The proof of an event")
struct EventProofTests {
    private func proofs() async throws -> [EventProof] {
        let stage = try LogStage()
        return try await stage.withJournal { journal in
            try await stage.fill(journal, 300)
            let log = try stage.log(journal)
            try log.publish()
            return try journal.readAll(EventFilter(), limit: .max).events.map { try log.proof(of: $0) }
        }
    }

    private func json(_ proof: EventProof) -> [UInt8] {
        var writer = JSONWriter()
        proof.encode(into: &writer)
        return writer.bytes
    }

    private let keys = [LogStage.signer.key]

    @Test func `holds in both forms, also in the API's envelope`() async throws {
        for proof in try await proofs() {
            #expect(try proof.check(keys: keys) == keys)
            #expect(try EventProof(json(proof)) == proof)
            let enveloped = Array(#"{"data":"#.utf8) + json(proof) + Array(#","_links":{}}"#.utf8)
            #expect(try EventProof(enveloped) == proof)
            let foreign = try EventProof(Array(proof.text.utf8))
            #expect(foreign.data == nil && foreign.position == proof.position)
            #expect(try foreign.check(keys: keys) == keys)
        }
    }

    @Test func `fails at whatever was changed in it`() async throws {
        let proof = try await proofs()[99]
        let text = String(decoding: json(proof), as: UTF8.self)
        func flaw(_ old: String, _ new: String) throws -> EventProof.Flaw? {
            let changed = text.replacing(old, with: new)
            #expect(changed != text, "\(old)")
            do {
                try EventProof(Array(changed.utf8)).check(keys: keys)
                return nil
            } catch let flaw as EventProof.Flaw {
                return flaw
            }
        }
        #expect(try flaw(#""data":"{\"number\":99}"#, #""data":"{\"number\":98}"#) == .dataChanged)
        #expect(try flaw(#"{\"actor\":{\"id\":\"u1\"}}"#, #"{\"actor\":{\"id\":\"u2\"}}"#) == .metadataChanged)
        #expect(try flaw(#"{"position":100,"#, #"{"position":101,"#) == .otherPosition(100))
        #expect(try flaw("bot.paused", "bot.resumed") == .notInTree)
        #expect(try flaw(proof.path[3].base64, Hash(of: [1]).base64) == .notInTree)
        #expect(try flaw(#"log.example/test\n300\n"#, #"log.example/test\n301\n"#) != nil)
        let root = proof.checkpoint.checkpoint.root.base64
        #expect(try flaw(root, Hash(of: [2]).base64) == .notInTree)
        let stranger = NoteSigner(name: "log.example/test", kind: .ed25519).key
        #expect(throws: EventProof.Flaw.self) { try proof.check(keys: [stranger]) }
    }

    @Test(arguments: [
        "", "{}", "[]", "rubbish", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nindex 0\n\n",
        #"{"position":1,"entry":"{}","path":[],"checkpoint":"x"}"#, #"{"position":0}"#,
        #"{"position":1,"entry":"{}","path":[1],"checkpoint":""}"#,
    ])
    func `that is none is refused`(text: String) {
        #expect(throws: (any Error).self) { try EventProof(Array(text.utf8)) }
    }
}
