import Domain
import JavaScript

/// A call that a child has begun.
final class ChildCall {
    let number: UInt64
    unowned let install: ChildInstall
    let untilNanoseconds: UInt64
    let beganNanoseconds: UInt64
    private(set) var cpuNanoseconds: UInt64 = 0
    private var log: [String] = []
    private var logBytes = 0
    /// What it waits with.
    var promise: Isolate.Handle?
    private(set) var asksOpen = 0, asks = 0

    init(_ call: CarriedCall, _ install: ChildInstall, now: UInt64) {
        (number, self.install, untilNanoseconds) = (call.number, install, call.untilNanoseconds)
        beganNanoseconds = now
    }

    func spend(_ nanoseconds: UInt64) { cpuNanoseconds += nanoseconds }

    /// What is above the limit is dropped.
    func write(_ line: String, bytesMax: Int) {
        let rest = bytesMax - logBytes
        guard rest > 0 else { return }
        let kept = line.utf8.count <= rest ? line : String(decoding: line.utf8.prefix(rest), as: UTF8.self)
        logBytes += kept.utf8.count + 1
        log.append(kept)
    }

    /// - Returns: why it may not ask.
    func begin(_ limits: SandboxLimits) -> String? {
        guard asks < limits.asksPerCall else { return "a call may ask the host \(limits.asksPerCall) times" }
        guard asksOpen < limits.asksAtOnce else { return "at most \(limits.asksAtOnce) questions can be open at once" }
        (asks, asksOpen) = (asks + 1, asksOpen + 1)
        return nil
    }

    func answered() { asksOpen -= 1 }

    func end(_ result: HandlerEnd.Result, now: UInt64) -> HandlerEnd {
        HandlerEnd(
            result, log: log, cpuMicroseconds: Int(cpuNanoseconds / 1000),
            wallMicroseconds: Int((now - beganNanoseconds) / 1000))
    }
}

/// An install as its child knows it.
final class ChildInstall {
    let number: UInt64
    let program: CarriedProgram
    /// Made anew when it is called, after it was restored or its last one had to go.
    var world: World?
    var waiting: [UInt64: ChildCall] = [:]
    /// Whether its calls have been short so far: they are run before those of whom nothing is known.
    private(set) var isQuick = false

    init(_ number: UInt64, _ program: CarriedProgram) {
        (self.number, self.program) = (number, program)
    }

    func learn(segmentNanoseconds: UInt64) {
        isQuick = segmentNanoseconds < Self.quickNanosecondsMax
    }

    private static let quickNanosecondsMax: UInt64 = 5_000_000
}
