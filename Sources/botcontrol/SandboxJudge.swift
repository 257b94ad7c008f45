import Domain
import Extensions
import Foundation
import Sandbox
import Server

/// Looks at what authors submit, in a sandbox of one child and with nothing granted.
final class SandboxJudge: BundleJudging {
    private let runner: any HandlerRunning

    init(_ runner: any HandlerRunning) {
        self.runner = runner
    }

    /// Nobody's settings: what a program declares must not depend on them.
    func triggers(of bundle: ExtensionBundle, main: String) async throws(BundleRefusal) -> [ExtensionTrigger] {
        let program = SandboxedProgram(
            install: InstallID(stored: UUID().uuidString.lowercased()), modules: bundle.modules, main: main,
            capabilities: [], settings: JSONText(.emptyObject))
        do throws(SandboxFailure) {
            let declared = try await runner.load(program)
            await runner.unload(program.install)
            return declared.map(\.trigger)
        } catch {
            await runner.unload(program.install)
            switch error.kind {
            case .unavailable, .unloaded:
                throw .unavailable("the sandbox cannot go on (\(error.message)): try again later")
            case .timeout, .memory, .script, .result, .killed: throw .faulty("cannot be evaluated: \(error.message)")
            }
        }
    }

    /// Nothing was granted, so nothing is answered.
    struct NoHost: HandlerHosting {
        func call(_ function: HostFunction, _ arguments: [UInt8], for install: InstallID) async -> HostAnswer {
            .refused("nothing is granted while an extension is looked at")
        }
    }
}
