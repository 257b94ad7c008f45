import CSandbox
import JavaScript
import Synchronization

/// Looks at the thread of isolates from beside: stops JavaScript that has had its time, and ends the process when that
/// does not help, or when it has taken too much memory.
final class ChildWatch: Sendable {
    private struct Seen {
        var segment: UInt64 = 0
        var residentBefore = 0
    }

    private let lane: Lane
    private let statm: Int32
    private let limits: SandboxLimits
    private let seen = Mutex(Seen())

    init(_ lane: Lane, statm: Int32, limits: SandboxLimits) {
        (self.lane, self.statm, self.limits) = (lane, statm, limits)
    }

    /// - Returns: whether anything runs.
    func look() -> Bool {
        guard let running = lane.running else { return false }
        let resident = csandbox_resident_bytes(statm)
        let before = seen.withLock { seen in
            if running.segment != seen.segment { seen = Seen(segment: running.segment, residentBefore: resident) }
            return seen.residentBefore
        }
        if resident > limits.residentBytes || resident > before + limits.residentBytesPerCall {
            SandboxExit.memory.leave()
        }
        guard running.cpuNanoseconds > running.cpuNanosecondsMax else { return true }
        lane.stop(running.segment, .time)
        if running.cpuNanoseconds - running.cpuNanosecondsMax > UInt64(limits.grace.nanoseconds) {
            SandboxExit.stuck.leave()
        }
        return true
    }
}
