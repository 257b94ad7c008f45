import BotModules
import Commands
import Domain
import TestTools
import Testing

/// What must hold of every decider, whatever is asked of it and in whatever order.
@Suite("Every decider")
struct DeciderPropertyTests {
    private static let seeds: ClosedRange<UInt64> = 1...20

    /// Runs random commands: what was done is as wanted, and asking twice changes nothing.
    private func expectSound<Kind: Decider>(
        _ kind: Kind.Type, seed: UInt64, _ command: (inout SeededRandom) throws -> Kind.Command,
        holds: (Kind.Command, Kind.State) -> Bool
    ) throws {
        var random = SeededRandom(seed: seed)
        var state = Kind.initial
        var changed = 0
        for _ in 0..<200 {
            let command = try command(&random)
            guard let events = try? Kind.decide(command, in: state) else { continue }
            changed += events.isEmpty ? 0 : 1
            state = events.reduce(state, Kind.evolve)
            try #require(holds(command, state), "\(command) was not granted: \(state)")
            let again = try Kind.decide(command, in: state)
            try #require(again.isEmpty, "\(command) twice: \(again)")
        }
        #expect(changed > 10)
    }

    @Test(arguments: seeds)
    func `grants what is asked of an account, once`(seed: UInt64) throws {
        try expectSound(Account.self, seed: seed) { random in
            let plan = random.pick(Plan.allCases), name = random.pick(["a", "b"])
            guard random.chance(70) else {
                return .register(name: name, plan: plan, customBotAllowed: random.pick([nil, true, false]))
            }
            let limits: [Account.Limit?] = [nil, .plan, .own(true), .own(false)]
            return .change(
                name: random.pick([nil, name]), plan: random.pick([nil, plan]), customBotAllowed: random.pick(limits))
        } holds: { command, state in
            switch command {
            case .register(let name, let plan, let limit):
                return state?.name == name && state?.plan == plan && state?.customBotAllowedOverride == limit
            case .change(let name, let plan, let limit):
                guard let state else { return false }
                return name ?? state.name == state.name && plan ?? state.plan == state.plan
                    && (limit.map { $0.value == state.customBotAllowedOverride } ?? true)
            }
        }
    }

    @Test(arguments: seeds)
    func `grants what is asked of a bot, once`(seed: UInt64) throws {
        try expectSound(Bot.self, seed: seed) { random in
            let until = Timestamp.seconds(random.pick([1, 2]))
            switch Int.random(in: 0..<8, using: &random) {
            case 0...1: return .connect(random.pick([.lobby, .arena]))
            case 2: return .disconnect
            case 3: return .resumeOnSchedule(until: until)
            case 4: return .resume(reason: nil)
            default: return .pause(reason: random.pick([nil, "r"]), until: random.pick([nil, until]))
            }
        } holds: { command, state in
            switch command {
            case .connect(let connection): state.connection == connection
            case .disconnect: state.connection == nil
            case .pause(_, let until): state.pause != nil && (until == nil || state.pause?.until == until)
            case .resume: state.pause == nil
            case .resumeOnSchedule(let until): state.pause?.until != until
            }
        }
    }

    @Test(arguments: seeds)
    func `grants what is asked of a provider, once`(seed: UInt64) throws {
        try expectSound(Provider.self, seed: seed) { random in
            switch Int.random(in: 0..<6, using: &random) {
            case 0: return .linkBotIdentity(Provider.BotIdentity(username: random.pick(["a", "b"]), userID: "1"))
            case 1: return .unlinkBotIdentity
            default:
                let flags = Provider.Flag.allCases.filter { _ in random.chance(50) }.shuffled(using: &random)
                return .switchFlags(flags.map { .init($0, random.chance(50)) }, reason: "r", ticket: nil)
            }
        } holds: { command, state in
            switch command {
            case .linkBotIdentity(let identity): state.botIdentity == identity
            case .unlinkBotIdentity: state.botIdentity == nil
            case .switchFlags(let switches, _, _): switches.allSatisfy { state.isOn($0.flag) == $0.enabled }
            }
        }
    }

    @Test(arguments: seeds)
    func `grants what is asked of a bot module, once`(seed: UInt64) throws {
        try expectSound(BotModule.self, seed: seed) { random in
            guard random.chance(80) else { return .delete }
            let exempt: JSON? = random.chance(50) ? ["vips": .bool(random.chance(50))] : nil
            return .upsert(enabled: random.chance(50), try .words(random.pick(["a", "b"]), exempt: exempt))
        } holds: { command, state in
            switch command {
            case .upsert(let enabled, let settings):
                state?.enabled == enabled && state?.config == JSONText(settings.config)
                    && state?.exemptRoles == JSONText(settings.exemptRoles)
            case .delete: state == nil
            }
        }
    }
}
