import ArgumentParser
import Domain
import Extensions
import Foundation
import Worker

/// `botcontrol extension pack`: the bundle as it is reviewed, stored and run.
struct ExtensionPack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack", abstract: "Write the bundle, and say its digest on standard error.")

    @Argument(help: "The module's folder.") var directory: String
    @Option(help: "The file to write; standard output when absent.") var output: String?

    func run() async throws {
        let tried = try TriedExtension(ExtensionFolder(path: directory))
        try await tried.check()
        let bytes = tried.bundle.bytes
        if let output {
            try runOrFail { try Data(bytes).write(to: URL(filePath: output), options: .atomic) }
        } else {
            StandardOutput.write(String(decoding: bytes, as: UTF8.self))
        }
        StandardError.write(
            "botcontrol: \(tried.manifest.name) \(tried.manifest.version), digest \(BundleDigest(of: bytes))")
    }
}
