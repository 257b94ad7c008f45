import Dispatch
import Foundation
import Synchronization

/// A thread that looks every few milliseconds while there is something to see, and sleeps while there is nothing.
package final class Watchman: Sendable {
    private let tickMicroseconds: useconds_t
    private let idleTicksMax: Int
    private let round: @Sendable () -> Bool
    private let calls = Atomic<UInt64>(0)
    private let sleeps = Atomic<Bool>(false)
    private let isDismissed = Atomic<Bool>(false)
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameter round: looks once, and says whether there was anything to see.
    package init(
        _ name: String, tickMilliseconds: Int, restsAfter idleTicksMax: Int = 50,
        round: @escaping @Sendable () -> Bool
    ) {
        tickMicroseconds = useconds_t(tickMilliseconds * 1000)
        (self.idleTicksMax, self.round) = (idleTicksMax, round)
        let thread = Thread { self.walk() }
        thread.name = name
        thread.start()
    }

    /// There is something to see, or is about to be.
    package func call() {
        // Either the watchman sees that this has changed, or this sees that he sleeps.
        calls.add(1, ordering: .sequentiallyConsistent)
        guard sleeps.load(ordering: .sequentiallyConsistent) else { return }
        if sleeps.exchange(false, ordering: .sequentiallyConsistent) { wake.signal() }
    }

    package func dismiss() {
        isDismissed.store(true, ordering: .sequentiallyConsistent)
        call()
    }

    private func walk() {
        var idleTicks = 0
        while !isDismissed.load(ordering: .sequentiallyConsistent) {
            let seen = calls.load(ordering: .sequentiallyConsistent)
            idleTicks = round() ? 0 : idleTicks + 1
            if idleTicks > idleTicksMax {
                sleep(unlessPast: seen)
                idleTicks = 0
            } else {
                usleep(tickMicroseconds)
            }
        }
    }

    private func sleep(unlessPast seen: UInt64) {
        sleeps.store(true, ordering: .sequentiallyConsistent)
        // When somebody has called meanwhile, and is about to wake him, that must not be left for the next time.
        if calls.load(ordering: .sequentiallyConsistent) == seen
            || !sleeps.exchange(false, ordering: .sequentiallyConsistent)
        {
            wake.wait()
        }
    }
}
