import Domain
import Sandbox
import Testing

/// Each ends as is said here, the pool lives on, and another install of the same child is served in time meanwhile.
@Suite("The sandbox, attacked", .serialized)
struct AttackTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String, handler: String
        /// How it may end: a failure of one of these kinds, or a result that is harmless (nil).
        let ends: Set<SandboxFailure.Kind>
        var returns: String?
        var testDescription: String { name }

        init(_ name: String, _ ends: Set<SandboxFailure.Kind>, returns: String? = nil, _ handler: String) {
            (self.name, self.ends, self.returns, self.handler) = (name, ends, returns, handler)
        }
    }

    static let waitMax = Duration.milliseconds(500)

    @Test(arguments: AttackCases.all)
    func `survives`(attack: Attack) async throws {
        let stage = try SandboxStage()
        try await stage.load(1, SandboxStage.handler("(ctx) => actions.say('well')"))
        #expect(try await stage.answer(1) == #"{"type":"say","text":"well"}"#)
        try await stage.load(2, SandboxStage.handler(attack.handler), capabilities: [.kv])

        let neighbour = Neighbour(stage, 1)
        async let visits = neighbour.visit(for: .milliseconds(600))
        let end = await stage.run(2)
        let slowest = try await visits

        if let returns = attack.returns, case .returned = end.result {
            #expect(try end.answer() == returns)
        } else {
            let kind = end.failure?.kind
            #expect(kind.map { attack.ends.contains($0) } == true, "\(String(describing: end.result))")
        }
        #expect(try await stage.answer(1, wall: .seconds(3)) == #"{"type":"say","text":"well"}"#)
        // It starts anew, and ends the same way.
        async let visitsAgain = neighbour.visit(for: .milliseconds(600))
        let again = await stage.run(2)
        #expect((again.failure == nil) == (end.failure == nil))
        // A machine that is busy with something else is late, though hardly twice in a row.
        let slowestAgain = slowest < Self.waitMax ? slowest : try await visitsAgain
        #expect(min(slowest, slowestAgain) < Self.waitMax, "a neighbour waited")
    }

    @Test(arguments: [
        ("an endless loop", "for (;;) {}", [SandboxFailure.Kind.timeout]),
        ("a heap bomb", "const a = []; for (;;) a.push(new Array(1000).fill(1.5))", [.memory, .timeout, .killed]),
        ("a built-in that does not stop", "new Array(1e8).fill(0)", [.killed, .memory]),
    ])
    func `survives what happens while a program is evaluated`(
        name: String, code: String, kinds: [SandboxFailure.Kind]
    ) async throws {
        let stage = try SandboxStage()
        try await stage.load(1, SandboxStage.handler("() => 1"))
        let failure = await #expect(throws: SandboxFailure.self) { try await stage.load(2, code) }
        #expect(failure.map { kinds.contains($0.kind) } == true, "\(name): \(String(describing: failure))")
        #expect(try await stage.answer(1) == "1")
    }
}

/// Somebody else's extension in the same child.
struct Neighbour {
    let stage: SandboxStage, number: Int

    init(_ stage: SandboxStage, _ number: Int) {
        (self.stage, self.number) = (stage, number)
    }

    /// Calls it over and over.
    /// - Returns: how long the slowest call took.
    func visit(for time: Duration) async throws -> Duration {
        let clock = ContinuousClock()
        let end = clock.now + time
        var slowest = Duration.zero
        while clock.now < end {
            let took = try await clock.measure { _ = try await stage.answer(number, wall: .seconds(3)) }
            slowest = max(slowest, took)
            try await Task.sleep(for: .milliseconds(5))
        }
        return slowest
    }
}
