import Domain

/// Runs the handlers of extensions that nobody trusts. The worker knows this much of the sandbox, and no more.
package protocol HandlerRunning: Sendable {
    /// Evaluates the program in an isolate of its own, and says which triggers it has declared. A program that runs
    /// under the same id already goes on until the new one stands; then it is gone.
    func load(_ program: SandboxedProgram) async throws(SandboxFailure) -> [DeclaredTrigger]

    /// Calls one handler. It always comes back: at the latest when the call's hard limit has passed.
    func run(_ call: HandlerCall) async -> HandlerEnd

    /// Forgets an install. Its calls under way come back as `unloaded`.
    func unload(_ install: InstallID) async
}

/// What an install runs.
package struct SandboxedProgram: Sendable {
    package var install: InstallID
    /// ES modules by path (`main.js`, `lib/points.js`), already verified against the digest.
    package var modules: [String: String]
    /// The path of the first.
    package var main: String
    /// Which of the host's calls it is given: `ctx.kv` and `ctx.fetch` exist only if granted.
    package var capabilities: Set<HostCapability>
    /// What every handler sees as `ctx.config`: a JSON object.
    package var settings: JSONText

    package init(
        install: InstallID, modules: [String: String], main: String, capabilities: Set<HostCapability>,
        settings: JSONText
    ) {
        (self.install, self.modules, self.main) = (install, modules, main)
        (self.capabilities, self.settings) = (capabilities, settings)
    }
}

package enum HostCapability: String, CaseIterable, Sendable { case kv, fetch }

/// A trigger as the program itself declares it.
package struct DeclaredTrigger: Equatable, Sendable {
    package var trigger: ExtensionTrigger

    package init(_ trigger: ExtensionTrigger) {
        self.trigger = trigger
    }
}

/// One call of a handler.
package struct HandlerCall: Sendable {
    package var install: InstallID
    package var triggerID: String
    /// What the handler sees as `ctx`, but for `config`, `kv`, `fetch` and `log`: a JSON object of `trigger`,
    /// `message`, `user`, `channel`, `match`, `args`, `event` and `now`, as far as they are there.
    package var context: [UInt8]
    /// For `Date`, which stands still during a call, and for `Math.random`, which is the same for the same seed.
    package var now: Timestamp
    package var seed: UInt64
    /// How long it may take in all, waiting for the host included.
    package var wallLimit: Duration

    package init(
        install: InstallID, triggerID: String, context: [UInt8], now: Timestamp, seed: UInt64, wallLimit: Duration
    ) {
        (self.install, self.triggerID, self.context) = (install, triggerID, context)
        (self.now, self.seed, self.wallLimit) = (now, seed, wallLimit)
    }
}

/// How a call ended.
package struct HandlerEnd: Sendable {
    package enum Result: Sendable {
        /// What the handler returned, as JSON: nobody has looked at it yet. Empty for nothing.
        case returned([UInt8])
        case failed(SandboxFailure)
    }

    package var result: Result
    /// What it wrote with `ctx.log`, at most 4 KB of it.
    package var log: [String]
    package var cpuMicroseconds: Int, wallMicroseconds: Int

    package init(_ result: Result, log: [String] = [], cpuMicroseconds: Int = 0, wallMicroseconds: Int = 0) {
        (self.result, self.log) = (result, log)
        (self.cpuMicroseconds, self.wallMicroseconds) = (cpuMicroseconds, wallMicroseconds)
    }
}

/// Why a program was not loaded, or a call came to nothing.
package struct SandboxFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Sendable {
        /// It took longer than it may, of CPU or of time.
        case timeout
        case memory
        /// The script threw, or does not compile.
        case script
        /// The result is too large, or nothing that JSON can say.
        case result
        /// The child had to be killed, or died.
        case killed
        /// There is no such install, or it went away meanwhile.
        case unloaded
        /// The sandbox itself cannot go on.
        case unavailable
    }

    package let kind: Kind
    /// One sentence for the extension's author. It holds nothing that the script could have made up but its own
    /// message, cut short.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        (self.kind, self.message) = (kind, message)
    }

    package var description: String { "\(kind.rawValue): \(message)" }
}

/// What handlers may ask of the host while they run. The sandbox hands on; who answers decides.
package protocol HandlerHosting: Sendable {
    /// - Parameters:
    ///   - arguments: a JSON array, as the script gave it: nobody has looked at it yet.
    /// - Returns: JSON of what the script gets, or a sentence that its promise is rejected with.
    func call(_ function: HostFunction, _ arguments: [UInt8], for install: InstallID) async -> HostAnswer
}

package enum HostFunction: String, CaseIterable, Sendable {
    /// `get(key)`, `set(key, value)`, `delete(key)`, `increment(key, by)`, `list(prefix)`.
    case kvGet = "kv.get"
    case kvSet = "kv.set"
    case kvDelete = "kv.delete"
    case kvIncrement = "kv.increment"
    case kvList = "kv.list"
    /// `fetch(url, {method, headers, body})` → `{status, headers, body}`.
    case fetch

    package var capability: HostCapability { self == .fetch ? .fetch : .kv }
}

package enum HostAnswer: Sendable {
    case value([UInt8])
    case refused(String)
}
