import Domain
import Extensions
import Sandbox

/// What an install is to run: two that are equal need not be loaded twice.
struct ProgramVersion: Hashable, Sendable {
    let digest: BundleDigest
    let settings: [UInt8]
    let capabilities: Set<HostCapability>

    init(_ document: ExtensionInstallDocument) {
        (digest, settings) = (document.release.digest, document.settings.bytes)
        capabilities = Set(
            HostCapability.allCases.filter { document.granted.contains($0 == .kv ? .storage : .network) })
    }

    /// The program in a bundle of that digest.
    func program(of install: InstallID, in bytes: [UInt8]) throws(BundleTrouble) -> SandboxedProgram {
        let json: JSON
        do { json = try JSONParser.parse(bytes) } catch { throw .unreadable("it is not JSON: \(error)") }
        var modules: [String: String] = [:]
        for file in json["files"]?.members ?? [] { modules[file.name] = file.value.string }
        guard let manifest = modules.removeValue(forKey: ExtensionBundle.manifestPath),
            let main = (try? JSONParser.parse(Array(manifest.utf8)))?["main"]?.string, modules[main] != nil
        else { throw .unreadable("it lacks \(ExtensionBundle.manifestPath), or the file that is main there") }
        return SandboxedProgram(
            install: install, modules: modules, main: main, capabilities: capabilities,
            settings: JSONText(stored: settings))
    }
}
