import Domain
import Extensions
import Foundation

/// A folder in which an author writes an extension: the manifest and ES modules, which make up its bundle.
struct ExtensionFolder {
    let path: String

    /// The manifest and every module below the folder. What begins with a dot, `node_modules` and other files stay out.
    func bundle() throws -> ExtensionBundle {
        let manager = FileManager.default
        guard manager.fileExists(atPath: file(ExtensionBundle.manifestPath)) else {
            throw CommandFailure.cannotRun(
                "\(path) holds no \(ExtensionBundle.manifestPath): make one with botcontrol extension init \(path)")
        }
        var files: [String: JSON] = [:]
        for name in try runOrFail({ try manager.subpathsOfDirectory(atPath: path) }) {
            let parts = name.split(separator: "/")
            guard !parts.contains(where: { $0.hasPrefix(".") || $0 == "node_modules" }) else { continue }
            guard name == ExtensionBundle.manifestPath || name.hasSuffix(".js") || name.hasSuffix(".mjs") else {
                continue
            }
            guard let data = manager.contents(atPath: file(name)) else {
                throw CommandFailure.cannotRun("\(file(name)) cannot be read: is it yours?")
            }
            guard let text = String(bytes: data, encoding: .utf8) else {
                throw CommandFailure.problem("\(file(name)) is not UTF-8: save it so")
            }
            files[name] = .string(text)
        }
        let members = files.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) }
        return try explained { () throws(ValidationFailed) in
            try ExtensionBundle(["files": .object(members)], path: "bundle")
        }
    }

    func manifest(of bundle: ExtensionBundle) throws -> Manifest {
        try explained { () throws(ValidationFailed) in try bundle.manifest() }
    }

    /// All failures, a line each.
    func explained<Value>(_ body: () throws(ValidationFailed) -> Value) throws -> Value {
        do throws(ValidationFailed) { return try body() } catch { throw problem(error.failures) }
    }

    func problem(_ failures: [Failure]) -> CommandFailure {
        let lines = failures.map { "  \($0.path.isEmpty ? "" : "\($0.path): ")\($0.message)" }
        return .problem("\(path) is not ready:\n" + lines.joined(separator: "\n"))
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
