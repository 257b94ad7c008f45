import Domain
import Foundation
import Runtime
import Testing

@testable import Server

@Suite("Callers who were verified a moment ago")
struct CachedCallersTests {
    let world = try! AccessWorld()

    private func token(_ subject: String = "user-1", seconds: Int = 900) -> MintedToken {
        world.minter.mint(TokenGrant(subject: subject), lifetimeSeconds: seconds)
    }

    @Test func `are known without asking again`() async {
        let header = "Bearer " + token().text
        #expect(world.authenticator.cached(header) == nil)
        let caller = await world.answer(toHeader: header).caller
        #expect(caller != nil && world.authenticator.cached(header) == caller)
        #expect(world.authenticator.cached(String(header.dropLast())) == nil)
        #expect(world.authenticator.cached(header + " ") == nil)
    }

    @Test func `are forgotten when their token expires`() async {
        let header = "Bearer " + token(seconds: 10).text
        _ = await world.answer(toHeader: header)
        world.clock.advance(seconds: 10)
        #expect(world.authenticator.cached(header) == nil)
    }

    @Test func `are forgotten at once when their token is revoked`() async throws {
        let mine = token("me"), theirs = token("them")
        for one in [mine, theirs] { #expect(await world.answer(to: one.text).caller != nil) }
        try world.runtime.revokeToken(id: mine.id, expiresAt: mine.expiresAt)
        #expect(world.authenticator.cached("Bearer " + mine.text) == nil)
        #expect(await world.answer(to: mine.text) == .failed(.revoked))
        #expect(await world.answer(to: String(mine.text.dropFirst(3))) == .failed(.revoked))
        #expect(await world.answer(to: theirs.text).caller?.actor.id == "them")
        #expect(world.authenticator.cached("Bearer " + theirs.text) != nil)
    }

    @Test func `are never those who failed`() async {
        for _ in 0..<3 { #expect(await world.answer(to: token().text + "A") == .failed(.invalid)) }
        #expect(world.authenticator.cached("Bearer " + token().text + "A") == nil)
    }

    @Test func `are a bounded number, of which those in use stay`() {
        let callers = VerifiedCallers(countMax: 100)
        let entry = VerifiedCallers.Entry(
            caller: Caller(
                actor: .system, account: nil, role: nil, permissions: [], isSystemAdmin: false, isSystemKey: false),
            expiresAt: .latest, epoch: VerifiedCallers.Epoch(access: 0, keySet: 0), isFromKeySet: false,
            headerBytesCount: 4)
        callers.keep(entry, for: "used")
        for number in 1000..<3000 {
            callers.keep(entry, for: "\(number)")
            #expect(callers.entry("used") != nil)
            #expect(callers.count <= 101)
        }
        #expect(callers.entry("1000") == nil && callers.entry("2999") != nil)
    }

    /// Whoever is answered after the revocation has returned must be refused, however the two race.
    @Test func `are refused after a revocation that many race with`() async throws {
        for round in 0..<20 {
            let token = token("racer \(round)")
            let authenticator = world.authenticator, runtime = world.runtime
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<20 { _ = try? await authenticator.authenticate("Bearer " + token.text) }
                    }
                }
                group.addTask { try? runtime.revokeToken(id: token.id, expiresAt: token.expiresAt) }
            }
            #expect(authenticator.cached("Bearer " + token.text) == nil)
            #expect(await world.answer(to: token.text) == .failed(.revoked))
        }
    }
}
