import Domain
import ServiceLifecycle

/// Keeps the programs in the sandbox as the active set wants them: what was changed is loaded anew at once, and what is
/// not to run is let go of.
struct ShelfKeeper: Service {
    /// Changes that come together are looked at together.
    static let delay = Duration.milliseconds(20)

    let shelf: ProgramShelf
    let board: BreakerBoard
    let live: LiveSet
    let clock: MonotonicClock

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let rings = live.doorbell.count
                await tidy()
                await live.doorbell.wait(beyond: rings)
                try? await clock.sleep(for: Self.delay)
            }
        }
    }

    private func tidy() async {
        let loaded = shelf.loaded
        let (running, known) = live.read { knowledge in
            let set = knowledge.set
            return (
                loaded.compactMap { id in set.install(id).flatMap { set.mayRun($0) ? $0 : nil } },
                Set(set.installIDs)
            )
        }
        for install in running { shelf.refresh(install) }
        for install in loaded.subtracting(running.map(\.id)) { await shelf.unload(install) }
        board.keep(only: known)
    }
}
