import Domain
import Projections
import Runtime

extension Services {
    /// What a worker asks for an install that is there; its author is told why not.
    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) throws(KeyValueRefusal) -> [UInt8] {
        guard let found = try? readModels.install(install), found.granted.contains(.storage) else {
            throw KeyValueRefusal("the extension is not installed, or may keep nothing")
        }
        return try runtime.perform(operation, for: install)
    }

    /// The bytes of a bundle, checked; nil when there is none.
    package func bundle(_ digest: BundleDigest) throws(BundleFileError) -> [UInt8]? { try bundles.get(digest) }

    /// Forgets what installs have kept that are gone, also when the server ended before it could.
    func sweepKeyValues() throws {
        for install in try runtime.keyValueOwners() where try readModels.install(install) == nil {
            try runtime.removeKeyValues(of: install)
        }
    }
}
