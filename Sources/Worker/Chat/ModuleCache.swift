import BotModules
import Domain
import Synchronization

/// What each account's modules and extensions were compiled to. A change of the active set elsewhere costs a
/// comparison, a change of the account's own ones a compilation; equal settings of different accounts are compiled
/// once.
final class ModuleCache: Sendable {
    /// All that an account does about chat.
    struct Programs: Sendable {
        let modules: CompiledModules
        /// nil when the account has no extension that may run.
        let triggers: TriggerTable?
    }

    private struct Entry {
        /// Of the active set, when it was last compared.
        var epoch: String, cursor: ChangeID
        let sources: [ActiveModule]
        let programs: Programs
    }

    /// What settings say, whoever has them.
    private struct Sources: Hashable {
        let values: [[UInt8]]
    }

    private struct Shared {
        weak var modules: CompiledModules?
    }

    private struct State {
        var entries: [AccountID: Entry] = [:]
        var shared: [Sources: Shared] = [:]
    }

    private let live: LiveSet
    private let state = Mutex(State())

    init(live: LiveSet) {
        self.live = live
    }

    /// Those that are on and that the account's plan has.
    func modules(of account: AccountID) -> CompiledModules { programs(of: account).modules }

    func programs(of account: AccountID) -> Programs {
        let (epoch, cursor) = live.read { ($0.set.epoch, $0.set.cursor) }
        return state.withLock { state in
            if let entry = state.entries[account], entry.cursor == cursor, entry.epoch == epoch {
                return entry.programs
            }
            let (sources, installs) = live.read {
                ($0.set.enabledModules(of: account), $0.set.activeInstalls(of: account))
            }
            let former = state.entries[account]
            let modules = former?.sources == sources ? former?.programs.modules : nil
            let programs = Programs(
                modules: modules ?? compile(sources, &state), triggers: triggers(installs, former?.programs.triggers))
            state.entries[account] = Entry(epoch: epoch, cursor: cursor, sources: sources, programs: programs)
            return programs
        }
    }

    /// Lets go of accounts that are not served any more.
    func sweep() {
        let accounts = live.read { set in Set(set.set.tenants.map(\.key)) }
        state.withLock { state in
            state.entries = state.entries.filter { accounts.contains($0.key) }
            state.shared = state.shared.filter { $0.value.modules != nil }
        }
    }

    private func triggers(_ installs: [ActiveInstall], _ former: TriggerTable?) -> TriggerTable? {
        if installs.isEmpty { return nil }
        return former?.installs == installs ? former : TriggerTable(installs)
    }

    private func compile(_ sources: [ActiveModule], _ state: inout State) -> CompiledModules {
        let settings = sources.compactMap(\.settings)
        let name = Sources(values: settings.map(\.wording))
        if let modules = state.shared[name]?.modules { return modules }
        let modules = CompiledModules(settings.map { (settings: $0, isEnabled: true) })
        state.shared[name] = Shared(modules: modules)
        return modules
    }
}

extension ModuleSettings {
    /// Equal settings have equal ones; some equal ones differ, as their members stand in another order.
    fileprivate var wording: [UInt8] {
        var writer = JSONWriter()
        writer.array { array in
            array.string(module.rawValue)
            array.value(config)
            array.value(exemptRoles)
        }
        return writer.bytes
    }
}
