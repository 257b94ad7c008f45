/// What the handlers of strangers may take. Times are in nanoseconds on the inside, as the kernel's clocks have them.
package struct SandboxLimits: Equatable, Sendable {
    /// Of one install's JavaScript; array buffers count apart.
    package var heapBytes = 32 << 20, bufferBytes = 16 << 20
    /// CPU time of one call, and of evaluating a program.
    package var cpu = Duration.milliseconds(50), loadCPU = Duration.milliseconds(250)
    /// How much longer what ignores being stopped may go on: CPU time, after which the child ends itself.
    package var grace = Duration.milliseconds(100)
    /// How long after a call's own limit the parent ends a child that still runs it.
    package var hardKillAfter = Duration.milliseconds(750)
    package var loadWall = Duration.seconds(2)
    package var resultBytes = 16 << 10, logBytes = 4 << 10
    /// Of one child, and how much of it one call may add.
    package var residentBytes = 1536 << 20, residentBytesPerCall = 160 << 20
    package var addressBytes = 32 << 30
    /// Questions to the host: at once, and in all, of one call.
    package var asksAtOnce = 16, asksPerCall = 100

    package init() {}

    /// As a message carries them, in this order.
    static var fields: [WritableKeyPath<SandboxLimits, Int>] {
        [
            \.heapBytes, \.bufferBytes, \.cpu.nanoseconds, \.loadCPU.nanoseconds, \.grace.nanoseconds,
            \.hardKillAfter.nanoseconds, \.loadWall.nanoseconds, \.resultBytes, \.logBytes, \.residentBytes,
            \.residentBytesPerCall, \.addressBytes, \.asksAtOnce, \.asksPerCall,
        ]
    }
}

extension Duration {
    /// Limits are short: they fit.
    var nanoseconds: Int {
        get { Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000) }
        set { self = .nanoseconds(newValue) }
    }
}
