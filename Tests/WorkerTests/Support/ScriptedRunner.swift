import Domain
import Extensions
import Sandbox
import Synchronization

@testable import Worker

/// A sandbox whose handlers are functions of a test, and the bundles that it runs.
final class ScriptedRunner: HandlerRunning, BundleSource {
    typealias Handler = @Sendable (HandlerCall) async -> HandlerEnd

    private struct State {
        var handlers: [String: Handler] = [:]
        var loads: [SandboxedProgram] = []
        var calls: [HandlerCall] = []
        var unloaded: [InstallID] = []
        var loadFailure: SandboxFailure?
        var loadGate: Gate?
        var bundles: [BundleDigest: [UInt8]] = [:]
        var bundleRequests = 0
        var triggers: [String]
    }

    private let state: Mutex<State>

    /// - Parameter triggers: what every program says that it can be called for.
    init(_ triggers: [String] = ["rank", "keyword-1", "pattern-1", "twitch:raid", "reminder", "moderate"]) {
        state = Mutex(State(triggers: triggers))
        put(ExtensionBundle.sample("1"))
    }

    var loads: [SandboxedProgram] { state.withLock { $0.loads } }
    var calls: [HandlerCall] { state.withLock { $0.calls } }
    var unloaded: [InstallID] { state.withLock { $0.unloaded } }
    var bundleRequests: Int { state.withLock { $0.bundleRequests } }
    var called: [String] { calls.map(\.triggerID) }

    /// What the handlers saw.
    var contexts: [JSON] { calls.compactMap { try? JSONParser.parse($0.context) } }

    /// - Parameter trigger: nil for all that nothing else is said of.
    func when(_ trigger: String = "", _ handler: @escaping Handler) {
        state.withLock { $0.handlers[trigger] = handler }
    }

    func when(_ trigger: String = "", returns json: String) {
        when(trigger) { _ in HandlerEnd(.returned(Array(json.utf8))) }
    }

    func when(_ trigger: String = "", fails kind: SandboxFailure.Kind) {
        when(trigger) { _ in HandlerEnd(.failed(SandboxFailure(kind, "it \(kind.rawValue)"))) }
    }

    func failLoads(_ failure: SandboxFailure?) { state.withLock { $0.loadFailure = failure } }

    /// Programs do not stand before it opens.
    func holdLoads(_ gate: Gate?) { state.withLock { $0.loadGate = gate } }

    func put(_ bundle: ExtensionBundle, as digest: BundleDigest? = nil) {
        state.withLock { $0.bundles[digest ?? bundle.digest] = bundle.bytes }
    }

    func removeBundles() { state.withLock { $0.bundles = [:] } }

    func load(_ program: SandboxedProgram) async throws(SandboxFailure) -> [DeclaredTrigger] {
        let (gate, failure, triggers) = state.withLock { state in
            state.loads.append(program)
            return (state.loadGate, state.loadFailure, state.triggers)
        }
        while let gate, !gate.value { try? await Task.sleep(for: .milliseconds(2)) }
        if let failure { throw failure }
        return triggers.map { DeclaredTrigger(ExtensionTrigger(id: $0, .moderate)) }
    }

    func run(_ call: HandlerCall) async -> HandlerEnd {
        let handler = state.withLock { state in
            state.calls.append(call)
            return state.handlers[call.triggerID] ?? state.handlers[""]
        }
        return await handler?(call) ?? HandlerEnd(.returned([]))
    }

    func unload(_ install: InstallID) async { state.withLock { $0.unloaded.append(install) } }

    func bundle(_ digest: BundleDigest) async throws -> [UInt8]? {
        state.withLock { state in
            state.bundleRequests += 1
            return state.bundles[digest]
        }
    }
}

extension ExtensionBundle {
    static func sample(_ version: String) -> ExtensionBundle {
        ExtensionBundle(files: [manifestPath: #"{"main":"main.js"}"#, "main.js": "// \(version)"])
    }

    var digest: BundleDigest { BundleDigest(of: bytes) }
}
