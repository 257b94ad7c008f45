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
        let bundle: ExtensionBundle, main: String
        do {
            bundle = try ExtensionBundle(stored: bytes)
            let manifest = try JSONParser.parse(Array((bundle.files[ExtensionBundle.manifestPath] ?? "").utf8))
            main = manifest["main"]?.string ?? ""
        } catch {
            throw .unreadable("\(error)")
        }
        guard bundle.modules[main] != nil else { throw .unreadable("the file that its manifest calls main is missing") }
        return SandboxedProgram(
            install: install, modules: bundle.modules, main: main, capabilities: capabilities,
            settings: JSONText(stored: settings))
    }
}
