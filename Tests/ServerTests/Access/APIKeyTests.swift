import Domain
import Foundation
import Runtime
import Server
import Testing

@Suite("An API key")
struct APIKeyTests {
    let world = try! AccessWorld()

    private func issue(
        _ kind: APIKey.Kind = .user, expiresAt: Timestamp? = nil
    ) throws -> (key: APIKey, secret: KeySecret) {
        try world.runtime.issueKey(
            NewAPIKey(
                kind: kind, name: "Deploy", account: .acme, permissions: [.botControlEdit], createdBy: "user-1",
                expiresAt: expiresAt))
    }

    @Test(arguments: [(APIKey.Kind.user, "lm_usr_"), (.system, "lm_sys_")])
    func `says who is calling`(kind: APIKey.Kind, prefix: String) async throws {
        let (key, secret) = try issue(kind)
        #expect(secret.text.hasPrefix(prefix) && secret.text.utf8.count == prefix.utf8.count + 43)
        let caller = Caller(
            actor: Actor(kind: .key, id: key.id, display: "Deploy"), account: .acme, role: nil,
            permissions: [.botControlEdit], isSystemAdmin: false, isSystemKey: kind == .system)
        #expect(await world.answer(to: secret.text) == .caller(caller))
        #expect(world.runtime.key(secret: secret.text)?.lastUsedAt == world.clock.now)
    }

    @Test func `is a fresh one every time`() throws {
        let secrets = try (0..<50).map { _ in try issue().secret.text }
        #expect(Set(secrets).count == 50)
    }

    @Test func `is not found under another prefix or with a letter changed`() async throws {
        let text = try issue().secret.text
        #expect(await world.answer(to: "lm_sys_" + text.dropFirst(7)) == .failed(.invalid))
        #expect(await world.answer(to: String(text.dropFirst(3))) == .failed(.invalid))
        for index in [7, 20, 49] {
            var letters = Array(text.utf8)
            letters[index] = letters[index] == UInt8(ascii: "A") ? UInt8(ascii: "E") : UInt8(ascii: "A")
            #expect(await world.answer(to: String(decoding: letters, as: UTF8.self)) == .failed(.invalid))
        }
    }

    @Test func `ends when it expires, also for those who used it a moment ago`() async throws {
        let text = try issue(expiresAt: world.clock.now.adding(seconds: 30)).secret.text
        #expect(await world.answer(to: text).caller != nil)
        world.clock.advance(seconds: 30)
        #expect(world.authenticator.cached("Bearer " + text) == nil)
        #expect(await world.answer(to: text) == .failed(.expired))
    }

    @Test func `ends at once when it is revoked, and after a restart`() async throws {
        let (key, secret) = try issue()
        #expect(await world.answer(to: secret.text).caller != nil)
        #expect(world.authenticator.cached("Bearer " + secret.text) != nil)
        _ = try world.runtime.revokeKey(id: key.id)
        #expect(world.authenticator.cached("Bearer " + secret.text) == nil)
        #expect(await world.answer(to: secret.text) == .failed(.revoked))
        let again = try RuntimeStore.open(directory: world.directory, clock: world.clock.wall)
        let restarted = Authenticator(signingKey: world.key, runtime: again, clock: world.clock.wall)
        await #expect(throws: AuthenticationFailed(.revoked)) {
            try await restarted.authenticate("Bearer " + secret.text)
        }
        again.close()
    }

    @Test func `has its last use noted while it is answered from memory`() async throws {
        let (key, secret) = try issue()
        for _ in 0..<10 {
            _ = await world.answer(to: secret.text)
            world.clock.advance(seconds: 30)
        }
        let last = try #require(world.runtime.key(id: key.id)?.lastUsedAt)
        #expect(world.clock.now.seconds(since: last) <= 120)
    }

    @Test func `stands nowhere in the data directory`() async throws {
        let text = try issue().secret.text
        _ = await world.answer(to: text)
        world.runtime.persist()
        let random = Data(text.utf8.dropFirst(7)), bytes = Data(Forge.bytes(String(text.dropFirst(7))))
        for name in try FileManager.default.contentsOfDirectory(atPath: world.directory) {
            let data = try Data(contentsOf: URL(filePath: world.directory + "/" + name))
            #expect(data.range(of: random) == nil && data.range(of: bytes) == nil, "\(name)")
        }
    }

    @Test func `does not show itself by accident`() throws {
        let secret = try issue().secret
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(!text.contains(secret.text.dropFirst(7)))
        }
    }
}
