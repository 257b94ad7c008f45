import Domain
import Extensions
import HTTPTypes

/// Finds out what a submitted program declares, without trusting any of it.
package protocol BundleJudging: Sendable {
    /// Evaluates the program once, without giving it anything to call.
    func triggers(of bundle: ExtensionBundle, main: String) async throws(BundleUnjudged) -> [ExtensionTrigger]
}

/// Why nobody knows what a program declares.
package enum BundleUnjudged: Error, Equatable, Sendable {
    /// It cannot be evaluated: a sentence for its author.
    case unfit(String)
    /// Nothing is wrong with the program as far as anybody knows: a sentence for the operator.
    case unavailable(String)
}

/// A bundle that was found to be right, with its manifest.
struct JudgedBundle: Sendable {
    let bundle: ExtensionBundle, manifest: Manifest

    /// - Parameter json: `{"files": {path: text}}`, as it came.
    /// - Throws: `ValidationFailed` with everything that is wrong with it; `APIError` 503 where nobody can judge it.
    init(_ json: JSON, judge: (any BundleJudging)?) async throws {
        let bundle = try ExtensionBundle(json)
        let manifest = try bundle.manifest()
        guard let judge else {
            throw Self.unavailable("this server has no sandbox to try the program in: start it with one, then submit")
        }
        let declared: [ExtensionTrigger]
        do {
            declared = try await judge.triggers(of: bundle, main: manifest.main)
        } catch {
            switch error {
            case .unfit(let reason):
                throw ValidationFailed(path: "bundle.files.\(manifest.main)", code: "cannot_run", message: reason)
            case .unavailable(let reason): throw Self.unavailable(reason)
            }
        }
        let differences = manifest.differences(from: declared)
        guard differences.isEmpty else { throw ValidationFailed(differences) }
        (self.bundle, self.manifest) = (bundle, manifest)
    }

    private static func unavailable(_ reason: String) -> APIError {
        APIError(.serviceUnavailable, "sandbox_unavailable", reason, headers: [.retryAfter: "10"])
    }
}
