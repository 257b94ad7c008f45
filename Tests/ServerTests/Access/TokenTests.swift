import Domain
import Foundation
import JWTKit
import Runtime
import Server
import Testing

@Suite("A signed token")
struct TokenTests {
    let world = try! AccessWorld()

    @Test func `says who is calling`() async throws {
        let grant = TokenGrant(
            subject: "user-1", name: "Zoë", account: .acme, role: "Owner", permissions: [.botModulesEdit, .auditRead])
        let minted = world.minter.mint(grant, lifetimeSeconds: 900)
        #expect(minted.text.hasPrefix("lm_ey") && minted.expiresAt == world.clock.now.adding(seconds: 900))
        let caller = Caller(
            actor: Actor(kind: .user, id: "user-1", display: "Zoë"), account: .acme, role: "Owner",
            permissions: [.botModulesEdit, .auditRead], isSystemAdmin: false, isSystemKey: false)
        #expect(await world.answer(to: minted.text) == .caller(caller))
        #expect(await world.answer(to: String(minted.text.dropFirst(3))) == .caller(caller), "without lm_")
        for header in ["bearer \(minted.text)", "BEARER   \(minted.text)"] {
            #expect(await world.answer(toHeader: header) == .caller(caller))
        }
    }

    @Test func `makes system admins and system keys`() async throws {
        let admin = world.minter.mint(TokenGrant(subject: "root", isSystemAdmin: true), lifetimeSeconds: 60)
        let caller = try #require(await world.answer(to: admin.text).caller)
        #expect(caller.isSystemAdmin && !caller.isSystemKey && caller.holds(.keysEdit) && caller.account == nil)
        let system = world.minter.mint(
            TokenGrant(subject: "worker-1", permissions: [.botControlRead], isSystemKey: true), lifetimeSeconds: 60)
        let program = try #require(await world.answer(to: system.text).caller)
        #expect(program.isSystemKey && !program.isSystemAdmin && program.actor.kind == .key)
        #expect(program.permissions == [.botControlRead])
    }

    @Test func `is one that others understand, and the other way round`() async throws {
        struct Claims: JWTPayload {
            var sub: String, exp: Int, permissions: [String]
            func verify(using algorithm: some JWTAlgorithm) {}
        }
        let keys = await JWTKeyCollection().add(hmac: HMACKey(from: try world.secret()), digestAlgorithm: .sha256)
        let minted = world.minter.mint(
            TokenGrant(subject: "user-1", permissions: [.keysRead, .auditRead]), lifetimeSeconds: 60)
        let read = try await keys.verify(String(minted.text.dropFirst(3)), as: Claims.self)
        #expect(read.sub == "user-1" && read.exp == world.clock.seconds + 60)
        #expect(read.permissions == ["audit:read", "keys:read"])
        let theirs = try await keys.sign(
            Claims(sub: "user-2", exp: world.clock.seconds + 60, permissions: ["audit:read"]))
        #expect(await world.answer(to: theirs).caller?.actor.id == "user-2")
    }

    @Test func `ends at the moment that it names`() async throws {
        let token = world.minter.mint(TokenGrant(subject: "user-1"), lifetimeSeconds: 10).text
        world.clock.advance(seconds: 9.999999)
        #expect(await world.answer(to: token).caller != nil)
        world.clock.advance(seconds: 0.000001)
        #expect(await world.answer(to: token) == .failed(.expired))
        let other = Forge.hs256(
            Forge.claims(at: world.clock, ["exp": .number("\(world.clock.seconds - 1).5")]), secret: try world.secret())
        #expect(await world.answer(to: other) == .failed(.expired))
    }

    @Test func `begins at the moment that it names`() async throws {
        let claims = Forge.claims(at: world.clock, ["nbf": .integer(world.clock.seconds + 5)])
        let token = Forge.hs256(claims, secret: try world.secret())
        world.clock.advance(seconds: 4)
        #expect(await world.answer(to: token) == .failed(.invalid))
        world.clock.advance(seconds: 6)
        #expect(await world.answer(to: token).caller != nil)
    }

    static let badClaims: [(String, JSON?)] = [
        ("exp", nil), ("exp", .null), ("exp", .string("9999999999")), ("exp", .number("1e999")), ("exp", .bool(true)),
        ("sub", nil), ("sub", .string("")), ("sub", .integer(1)), ("sub", .string("a\nb")),
        ("sub", .string(String(repeating: "x", count: 257))),
        ("permissions", .string("keys:edit")), ("permissions", .array([.integer(1)])), ("permissions", .emptyObject),
        ("system_admin", .string("true")), ("system_admin", .integer(1)), ("system_key", .string("yes")),
        ("account_id", .string("")), ("account_id", .string("a/b")), ("account_id", .integer(7)),
        ("account_id", .string(String(repeating: "x", count: 65))), ("account_id", .string("ａcme")),
        ("name", .integer(1)), ("role", .array([])), ("jti", .integer(1)), ("nbf", .string("0")), ("iat", .bool(true)),
    ]

    @Test(arguments: badClaims)
    func `is refused for claims that are missing or of a wrong type`(name: String, value: JSON?) async throws {
        let claims = Forge.claims(at: world.clock, [name: value])
        #expect(await world.answer(to: Forge.hs256(claims, secret: try world.secret())) == .failed(.invalid))
    }

    @Test(arguments: ["exp", "iat", "nbf"], ["-1e300", "1e300", "-9223372036854775808", "1e18", "0"])
    func `may name any time without harm`(name: String, literal: String) async throws {
        let claims = Forge.claims(at: world.clock, [name: .number(literal)])
        _ = await world.answer(to: Forge.hs256(claims, secret: try world.secret()))
    }

    @Test func `may hold permissions and claims that nobody here knows`() async throws {
        let permissions = JSON.array([.string("*"), .string("bot-control:*"), .string("keys:read"), .string("x:y")])
        let claims = Forge.claims(at: world.clock, ["permissions": permissions, "aud": .string("x"), "name": .null])
        let caller = await world.answer(to: Forge.hs256(claims, secret: try world.secret())).caller
        #expect(caller?.permissions == [.keysRead])
    }

    @Test func `of a system key must be one that can be revoked`() async throws {
        let claims = Forge.claims(at: world.clock, ["system_key": .bool(true)])
        #expect(await world.answer(to: Forge.hs256(claims, secret: try world.secret())) == .failed(.invalid))
    }

    @Test(arguments: [nil, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "lm_eyJ", "Bearer\u{301} x"] as [String?])
    func `must be sent`(header: String?) async {
        #expect(await world.answer(toHeader: header) == .failed(.missing))
    }

    static let texts = [
        "x", "lm_", "lm_lm_", "lm_usr_", "lm_sys_", "lm_dev_abc", "..", "...", "a.b.c", "a.b.c.d", "lm_a.b", "null",
        "eyJhbGciOiJIUzI1NiJ9..", "\u{0}", "💥.💥.💥", "lm_usr_" + String(repeating: "A", count: 42),
        "lm_usr_" + String(repeating: "A", count: 44), "lm_sys_" + String(repeating: "=", count: 43),
    ]

    @Test(arguments: texts)
    func `must be a token`(text: String) async {
        #expect(await world.answer(to: text) == .failed(.invalid))
    }

    @Test func `has a bounded size`() async throws {
        func token(_ letters: Int) throws -> String {
            let name = JSON.string(String(repeating: "n", count: letters))
            return Forge.hs256(Forge.claims(at: world.clock, ["name": name]), secret: try world.secret())
        }
        let fits = try token(6000)
        #expect(fits.utf8.count < 8192)
        #expect(await world.answer(to: fits).caller != nil)
        let tooLong = try token(6200)
        #expect(tooLong.utf8.count > 8192)
        #expect(await world.answer(to: tooLong) == .failed(.invalid))
        #expect(world.authenticator.cached("Bearer " + tooLong) == nil)
        #expect(await world.answer(to: String(repeating: "x", count: 1 << 22)) == .failed(.invalid))
    }

    @Test func `is refused without a word about why`() async throws {
        let failures = AuthenticationFailed.Reason.allCases.map { AuthenticationFailed($0).message }
        #expect(Set(failures).count == 4 && AuthenticationFailed.code == "unauthorized")
        for message in failures {
            for word in ["signature", "algorithm", "claim", "secret", "kid"] { #expect(!message.contains(word)) }
        }
    }
}
