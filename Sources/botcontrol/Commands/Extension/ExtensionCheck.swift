import ArgumentParser
import Domain
import Extensions
import Sandbox
import Worker

/// `botcontrol extension check`: everything that would speak against it when it is submitted.
struct ExtensionCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say everything that speaks against a bot module; exit code 1 when it does.")

    @Argument(help: "The module's folder.") var directory: String

    func run() async throws {
        let tried = try TriedExtension(ExtensionFolder(path: directory))
        try await tried.check()
        let (manifest, size) = (tried.manifest, tried.bundle.bytes.count)
        StandardError.write(
            "botcontrol: \(manifest.name) \(manifest.version) is ready: \(manifest.triggers.count) triggers, "
                + "\(size) bytes, review: \(manifest.level.rawValue)")
    }
}

extension TriedExtension {
    /// Evaluates it once in a sandbox, and compares what it declares with its manifest.
    func check() async throws {
        let pool = SandboxPool(LocalSandbox.options(children: 1), hosting: Nobody())
        defer { pool.close() }
        let differences = manifest.differences(from: try await declared(by: pool))
        guard differences.isEmpty else { throw folder.problem(differences) }
    }
}

/// Who is asked by programs that may ask for nothing.
private struct Nobody: HandlerHosting {
    func call(_ function: HostFunction, _ arguments: [UInt8], for install: InstallID) async -> HostAnswer {
        .refused("nothing can be asked for while a module is checked")
    }
}
