import Domain
import Foundation
import Server
import Synchronization
import Testing

@Suite("A key set")
struct KeySetTests {
    /// A world whose key set is a file with this document.
    private func world(_ document: String?) throws -> (AccessWorld, KeySetSource, path: String) {
        let place = Mutex<(KeySetSource, String)?>(nil)
        let world = try AccessWorld { here in
            if let document { try? Data(document.utf8).write(to: URL(filePath: here.keySetPath)) }
            let source = KeySetSource(.file(path: here.keySetPath), now: here.clock.monotonic)
            place.withLock { $0 = (source, here.keySetPath) }
            return source
        }
        let (source, path) = try #require(place.withLock { $0 })
        return (world, source, path)
    }

    private func write(_ document: String, to path: String) throws {
        try Data(document.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    @Test func `may be rotated while the server runs`() async throws {
        let old = TestKeys.es256(), new = TestKeys.edDSA()
        let (world, _, path) = try world(TestKeys.document(old.jwk("old")))
        let oldToken = try old.token(Forge.claims(at: world.clock), kid: "old")
        let newToken = try new.token(Forge.claims(at: world.clock), kid: "new")
        #expect(await world.answer(to: oldToken).caller != nil)
        #expect(await world.answer(to: newToken) == .failed(.invalid))

        try write(TestKeys.document(old.jwk("old"), new.jwk("new")), to: path)
        #expect(await world.answer(to: newToken) == .failed(.invalid), "looked at every 10 s at most")
        world.clock.advance(seconds: 10)
        #expect(await world.answer(to: newToken).caller != nil)
        #expect(await world.answer(to: oldToken).caller != nil)

        try write(TestKeys.document(new.jwk("new")), to: path)
        world.clock.advance(seconds: 10)
        #expect(world.authenticator.cached("Bearer " + oldToken) == nil, "time to look again")
        #expect(await world.answer(to: oldToken) == .failed(.invalid), "withdrawn, though it was cached")
        #expect(await world.answer(to: newToken).caller != nil)
        #expect(world.authenticator.cached("Bearer " + newToken) != nil)
    }

    @Test func `keeps its callers cached when the file has not changed`() async throws {
        let pair = TestKeys.es256()
        let (world, _, _) = try world(TestKeys.document(pair.jwk("a")))
        let header = "Bearer " + (try pair.token(Forge.claims(at: world.clock), kid: "a"))
        for _ in 0..<5 {
            #expect(await world.answer(toHeader: header).caller != nil)
            #expect(world.authenticator.cached(header) != nil)
            world.clock.advance(seconds: 10)
        }
    }

    static let broken = ["", "{", "[]", "{\"keys\":{}}", "{\"key\":[]}", "{\"keys\":[]} x"]

    @Test(arguments: broken)
    func `that cannot be read leaves the last one in force and says so`(document: String) async throws {
        let pair = TestKeys.es256()
        let (world, source, path) = try world(TestKeys.document(pair.jwk("a")))
        let token = try pair.token(Forge.claims(at: world.clock), kid: "a")
        #expect(await world.answer(to: token).caller != nil)
        #expect(source.problem == nil)
        try write(document, to: path)
        world.clock.advance(seconds: 10)
        #expect(await world.answer(to: token).caller != nil)
        #expect(source.problem?.contains("jwks.json") == true)
        try FileManager.default.removeItem(atPath: path)
        world.clock.advance(seconds: 10)
        #expect(await world.answer(to: token).caller != nil)
        #expect(source.problem?.contains("No such file") == true)
    }

    @Test func `that is missing keeps nobody else out`() async throws {
        let (world, source, _) = try world(nil)
        await source.refresh()
        #expect(source.problem != nil)
        let own = world.minter.mint(TokenGrant(subject: "a"), lifetimeSeconds: 9)
        #expect(await world.answer(to: own.text).caller != nil)
        let stranger = try TestKeys.es256().token(Forge.claims(at: world.clock), kid: "a")
        #expect(await world.answer(to: stranger) == .failed(.invalid))
    }

    @Test func `passes over keys of other kinds and uses`() async throws {
        let ec = TestKeys.es256(), rsa = try await TestKeys.rs256()
        let secret = #"{"kty":"oct","kid":"hmac","alg":"HS256","k":"\#(Forge.text(Array(repeating: 7, count: 32)))"}"#
        let (world, source, _) = try world(
            TestKeys.document(
                secret, #"{"kty":"EC","crv":"P-384","kid":"p384","x":"AA","y":"AA"}"#, "1", "null", "{}",
                rsa.jwk("encryption", #","use":"enc""#), rsa.jwk("pss", #","alg":"PS256""#),
                rsa.jwk("wrap", #","key_ops":["wrapKey"]"#),
                ec.jwk("good", #","use":"sig","alg":"ES256","key_ops":["verify"]"#)))
        let claims = Forge.claims(at: world.clock)
        #expect(await world.answer(to: try ec.token(claims, kid: "good")).caller != nil)
        for id in ["encryption", "pss", "wrap"] {
            #expect(await world.answer(to: try rsa.token(claims, kid: id)) == .failed(.invalid))
        }
        let header = #"{"alg":"HS256","kid":"hmac"}"#
        let forged = Forge.hs256(claims, secret: Array(repeating: 7, count: 32), header: header)
        #expect(await world.answer(to: forged) == .failed(.invalid))
        #expect(source.problem == nil)
    }

    @Test func `serves tokens that name no key only when there is no choice`() async throws {
        let first = TestKeys.es256(), second = TestKeys.es256(), ed = TestKeys.edDSA()
        let (world, _, path) = try world(TestKeys.document(first.jwk(nil), ed.jwk("ed")))
        let claims = Forge.claims(at: world.clock)
        #expect(await world.answer(to: try first.token(claims, kid: nil)).caller != nil)
        #expect(await world.answer(to: try ed.token(claims, kid: nil)).caller != nil)
        #expect(await world.answer(to: try first.token(claims, kid: "x")) == .failed(.invalid))
        try write(TestKeys.document(first.jwk("1"), second.jwk("2")), to: path)
        world.clock.advance(seconds: 10)
        #expect(await world.answer(to: try first.token(claims, kid: nil)) == .failed(.invalid))
    }
}
