import Domain
import Server
import Synchronization
import Testing

@Suite("A key set on a server")
struct RemoteKeySetTests {
    /// Somebody's server: what it answers, and how often it was asked.
    final class Issuer: Sendable {
        struct Down: Error {}

        private let state = Mutex<(document: String?, requests: Int)>((nil, 0))

        var requests: Int { state.withLock { $0.requests } }
        func publish(_ document: String?) { state.withLock { $0.document = document } }

        func load() async throws -> String {
            let document = state.withLock { state in
                state.requests += 1
                return state.document
            }
            await Task.yield()
            guard let document else { throw Down() }
            return document
        }
    }

    let issuer = Issuer()
    let world: AccessWorld
    let pair = TestKeys.es256()

    init() throws {
        let issuer = issuer
        world = try AccessWorld { KeySetSource(.remote(load: issuer.load), now: $0.clock.monotonic) }
        issuer.publish(TestKeys.document(pair.jwk("a")))
    }

    private func token(_ pair: TestKeys.Pair, _ id: String, _ subject: String = "user-1") throws -> String {
        try pair.token(Forge.claims(at: world.clock, ["sub": .string(subject)]), kid: id)
    }

    @Test func `is asked once however many come at the start`() async throws {
        let tokens = try (0..<20).map { try token(pair, "a", "user-\($0)") }
        let world = world
        await withTaskGroup(of: Bool.self) { group in
            for token in tokens { group.addTask { await world.answer(to: token).caller != nil } }
            for await isKnown in group { #expect(isKnown) }
        }
        #expect(issuer.requests == 1)
    }

    @Test func `is asked for an unknown key, every 10 s at most`() async throws {
        #expect(await world.answer(to: try token(pair, "a")).caller != nil)
        let new = TestKeys.edDSA()
        issuer.publish(TestKeys.document(pair.jwk("a"), new.jwk("b")))
        #expect(await world.answer(to: try token(new, "b")) == .failed(.invalid))
        world.clock.advance(seconds: 10)
        #expect(await world.answer(to: try token(new, "b")).caller != nil)
        #expect(issuer.requests == 2)
        for number in 0..<50 {
            _ = await world.answer(to: try token(new, "unknown-\(number)"))
            world.clock.advance(seconds: 1)
        }
        #expect(issuer.requests <= 2 + 5)
    }

    @Test func `is asked every five minutes, so that withdrawn keys are noticed`() async throws {
        let token = try token(pair, "a")
        #expect(await world.answer(to: token).caller != nil)
        issuer.publish(TestKeys.document())
        world.clock.advance(seconds: 299)
        #expect(await world.answer(to: token).caller != nil)
        world.clock.advance(seconds: 1)
        #expect(await world.answer(to: token) == .failed(.invalid))
        #expect(issuer.requests == 2)
    }

    @Test func `may be down without anybody losing access`() async throws {
        let token = try token(pair, "a")
        #expect(await world.answer(to: token).caller != nil)
        issuer.publish(nil)
        world.clock.advance(seconds: 300)
        #expect(await world.answer(to: token).caller != nil)
        world.clock.advance(seconds: 300)
        #expect(await world.answer(to: token).caller != nil)
    }

    @Test func `does not make those wait whose key is known`() async throws {
        let gate = Mutex<[CheckedContinuation<Void, Never>]>([])
        let calls = Atomic<Int>(0)
        let document = TestKeys.document(pair.jwk("a"))
        let slow = try AccessWorld { place in
            let load: @Sendable () async throws -> String = {
                if calls.add(1, ordering: .relaxed).newValue > 1 {
                    await withCheckedContinuation { one in gate.withLock { $0.append(one) } }
                }
                return document
            }
            return KeySetSource(.remote(load: load), now: place.clock.monotonic)
        }
        #expect(await slow.answer(to: try token(pair, "a")).caller != nil)
        slow.clock.advance(seconds: 10)
        let unknown = try token(TestKeys.es256(), "b"), known = try token(pair, "a", "somebody else")
        async let waiting = slow.answer(to: unknown)
        while calls.load(ordering: .relaxed) < 2 { await Task.yield() }
        #expect(await slow.answer(to: known).caller != nil)
        while gate.withLock({ $0.isEmpty }) { await Task.yield() }
        gate.withLock { $0.removeFirst() }.resume()
        #expect(await waiting == .failed(.invalid))
    }
}
