import EventStore
import Testing

@testable import Transparency

@Suite("A signed note")
struct SignedNoteTests {
    /// The example of Go's note package, which every implementation must read.
    static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let example = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """

    @Test func `of another implementation is read and believed`() throws {
        let key = try NoteKey(Self.peter)
        #expect(key.description == Self.peter)
        let note = try SignedNote(Array(Self.example.utf8))
        #expect(try note.verified(by: [key]) == [key])
        #expect(note.description == Self.example)
    }

    @Test func `with a changed text, or signature, or of nobody known is not believed`() throws {
        let key = try NoteKey(Self.peter)
        let changed = try SignedNote(Array(Self.example.replacing("answer", with: "Answer").utf8))
        #expect(throws: NoteError.badSignature(of: Self.peter)) { try changed.verified(by: [key]) }
        let other = NoteSigner(name: "PeterNeumann", kind: .ed25519).key
        let note = try SignedNote(Array(Self.example.utf8))
        #expect(throws: NoteError.notSigned(by: [other.description], found: ["PeterNeumann+c74f20a3"])) {
            try note.verified(by: [other])
        }
        #expect(try note.verified(by: [other, key]) == [key])
    }

    @Test(arguments: [
        "", "\n", "a\n", "a\n\n", "a\n\n— b\n", "a\n\n— b AAAA\n", "a\n\n— b AAAAAAA\n", "a\n\n- b AAAAAAAA\n",
        "a\n\n— b AAAAAAAA", "a\n\n— b  AAAAAAAA\n", "a\r\n\n— b AAAAAAAA\n", "a\n\n— b+c AAAAAAAA\n",
        "a\n\n— b AAAAAAAA\n\n", "\u{1}\n\n— b AAAAAAAA\n", "a\n\n— b AAAAAAAB=\n",
    ])
    func `that is malformed is refused`(text: String) {
        #expect(throws: NoteError.self) { try SignedNote(Array(text.utf8)) }
    }

    @Test func `has limits`() {
        let line = "— b AAAAAAAA\n"
        #expect(throws: Never.self) { try SignedNote(Array(("a\n\n" + String(repeating: line, count: 64)).utf8)) }
        #expect(throws: NoteError.self) { try SignedNote(Array(("a\n\n" + String(repeating: line, count: 65)).utf8)) }
        let long = String(repeating: "a", count: SignedNote.bytesMax) + "\n\n" + line
        #expect(throws: NoteError.self) { try SignedNote(Array(long.utf8)) }
        #expect(throws: NoteError.self) { try SignedNote([0xFF, 0x0A, 0x0A] + Array(line.utf8)) }
    }

    @Test(arguments: [
        "", "a", "a+b", "a+c74f20a3+", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Axpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `takes no key that is none`(text: String) {
        #expect(throws: NoteError.notAKey(text)) { try NoteKey(text) }
    }

    @Test func `is signed, and its private key shows itself nowhere but in its file`() throws {
        let signer = NoteSigner(name: "log.example/a", kind: .ed25519)
        let text = "hello\n"
        let note = SignedNote(text: text, signatures: [try signer.sign(Array(text.utf8))])
        #expect(try SignedNote(note.bytes).verified(by: [signer.key]) == [signer.key])
        let again = try #require(NoteSigner(storedText: signer.storedText))
        #expect(again.key == signer.key)
        let secret = try #require(signer.storedText.split(separator: "+").last)
        var dumped = ""
        dump(signer, to: &dumped)
        for text in ["\(signer)", String(reflecting: signer), dumped] { #expect(!text.contains(secret)) }
        #expect(NoteSigner(storedText: signer.storedText.replacing("log.example/a", with: "log.example/b")) == nil)
    }

    @Test func `of a witness vouches for the moment, too`() throws {
        let witness = NoteSigner(name: "witness.example", kind: .cosignature)
        let text = Checkpoint(origin: "log.example", size: 3, root: Hash(of: [1])).text
        let signature = try witness.sign(Array(text.utf8), seconds: 1_795_262_400)
        #expect(signature.cosignedSeconds == 1_795_262_400)
        let note = SignedNote(text: text, signatures: [signature])
        #expect(try note.verified(by: [witness.key]) == [witness.key])
        var bytes = signature.bytes
        bytes[7] ^= 1
        let later = SignedNote(text: text, signatures: [NoteSignature(witness.key, bytes)])
        #expect(throws: NoteError.badSignature(of: witness.key.description)) { try later.verified(by: [witness.key]) }
    }
}

@Suite("A checkpoint")
struct CheckpointTests {
    @Test func `is read as the specification writes it`() throws {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa" && checkpoint.size == 20_852_163)
        #expect(checkpoint.text == text)
        #expect(try Checkpoint(text: text + "an extension\n") == checkpoint)
    }

    @Test(arguments: [
        "", "a\n", "a\n1\n", "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "a\n1\nCsUY\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nb\n",
        "a\n99999999999999999999\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ])
    func `that is malformed is refused`(text: String) {
        #expect(throws: NoteError.self) { try Checkpoint(text: text) }
    }
}
