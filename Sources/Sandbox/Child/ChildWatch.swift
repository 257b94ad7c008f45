import CSandbox
import Dispatch
import Foundation
import JavaScript
import Synchronization

/// Looks at the thread of isolates from beside: stops JavaScript that has had its time, and ends the process when that
/// does not help, or when it has taken too much memory. It sleeps while nothing runs.
final class ChildWatch: Sendable {
    private static let tickMicroseconds: useconds_t = 4000
    /// Ticks without anything to see, after which it sleeps.
    private static let idleTicksMax = 50

    private let lane: Lane
    private let statm: Int32
    private let limits: SandboxLimits
    private let entered = Atomic<UInt64>(0)
    private let sleeps = Atomic<Bool>(false)
    private let wake = DispatchSemaphore(value: 0)

    init(_ lane: Lane, statm: Int32, limits: SandboxLimits) {
        (self.lane, self.statm, self.limits) = (lane, statm, limits)
    }

    func start() {
        let thread = Thread { self.watch() }
        thread.name = "watch"
        thread.start()
    }

    /// Before JavaScript is run, on its thread.
    func look() {
        // Either it sees that this has changed, or this sees that it sleeps.
        entered.add(1, ordering: .sequentiallyConsistent)
        guard sleeps.load(ordering: .sequentiallyConsistent) else { return }
        if sleeps.exchange(false, ordering: .sequentiallyConsistent) { wake.signal() }
    }

    private func watch() -> Never {
        var segment: UInt64 = 0
        var residentBefore = 0
        var idleTicks = 0
        while true {
            let seen = entered.load(ordering: .sequentiallyConsistent)
            if let running = lane.running {
                idleTicks = 0
                let resident = csandbox_resident_bytes(statm)
                if running.segment != segment { (segment, residentBefore) = (running.segment, resident) }
                judge(running, resident: resident, before: residentBefore)
            } else {
                idleTicks += 1
            }
            if idleTicks > Self.idleTicksMax {
                sleep(unlessPast: seen)
                idleTicks = 0
            } else {
                usleep(Self.tickMicroseconds)
            }
        }
    }

    private func judge(_ running: Lane.Running, resident: Int, before: Int) {
        if resident > limits.residentBytes || resident - before > limits.residentBytesPerCall {
            SandboxExit.memory.leave()
        }
        guard running.cpuNanoseconds > running.cpuNanosecondsMax else { return }
        lane.stop(running.segment, .time)
        if running.cpuNanoseconds > running.cpuNanosecondsMax + UInt64(limits.grace.nanoseconds) {
            SandboxExit.stuck.leave()
        }
    }

    private func sleep(unlessPast seen: UInt64) {
        sleeps.store(true, ordering: .sequentiallyConsistent)
        if entered.load(ordering: .sequentiallyConsistent) == seen {
            wake.wait()
        } else if !sleeps.exchange(false, ordering: .sequentiallyConsistent) {
            // Somebody is about to wake it: that must not be left for the next time.
            wake.wait()
        }
    }
}
