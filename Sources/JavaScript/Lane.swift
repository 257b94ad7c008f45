import CV8

/// One thread's isolates: what of them runs now, and how to stop it from another thread.
package final class Lane: @unchecked Sendable {
    // Its own lock guards it; what only the thread may do takes an `Isolate`, which does not leave the thread.
    let pointer: OpaquePointer

    /// On the thread that the isolates are going to live on.
    package init() {
        pointer = cv8_lane_new()
    }

    deinit { cv8_lane_free(pointer) }

    /// What one run of JavaScript may take of CPU time from now on. Somebody else's watch enforces it.
    package func limit(cpuNanoseconds: UInt64) {
        cv8_lane_limit(pointer, cpuNanoseconds)
    }

    /// CPU time of all JavaScript so far. Only for the lane's own thread.
    package var cpuNanoseconds: UInt64 { cv8_lane_cpu_ns(pointer) }

    /// What runs now.
    package struct Running: Sendable {
        /// Its number: stays the same while it runs.
        package let segment: UInt64
        package let cpuNanoseconds: UInt64, cpuNanosecondsMax: UInt64
    }

    /// From any thread; nil while no JavaScript runs.
    package var running: Running? {
        let running = cv8_lane_running(pointer)
        guard running.segment != 0 else { return nil }
        return Running(
            segment: running.segment, cpuNanoseconds: running.cpu_ns, cpuNanosecondsMax: running.cpu_max_ns)
    }

    /// From any thread. V8's own built-ins do not heed it: whoever must be sure ends the process.
    @discardableResult
    package func stop(_ segment: UInt64, _ reason: StopReason) -> Bool {
        cv8_lane_stop(pointer, segment, reason.stop)
    }
}

/// Why JavaScript was stopped. Its isolate must not be used any more.
package enum StopReason: Sendable {
    case time, memory, cancelled

    var stop: cv8_stop {
        switch self {
        case .time: CV8_STOP_TIME
        case .memory: CV8_STOP_MEMORY
        case .cancelled: CV8_STOP_CANCELLED
        }
    }

    init(_ stop: cv8_stop) {
        self =
            switch stop {
            case CV8_STOP_TIME: .time
            case CV8_STOP_MEMORY: .memory
            default: .cancelled
            }
    }
}
