import Domain
import Extensions

/// Evaluates a bundle once, in a sandbox and with nothing granted, to see what it would listen to.
package protocol BundleJudging: Sendable {
    /// The triggers that the program declares itself.
    func triggers(of bundle: ExtensionBundle, main: String) async throws(BundleRefusal) -> [ExtensionTrigger]
}

/// Why nothing was declared.
package enum BundleRefusal: Error, Equatable, Sendable {
    /// The program's own fault: one sentence for its author.
    case faulty(String)
    /// Nobody's here: it may do later.
    case unavailable(String)
}
