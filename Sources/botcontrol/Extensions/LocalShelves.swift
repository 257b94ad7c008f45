import Domain
import Runtime
import Worker

/// The server's own bundles, for the worker in its process.
struct LocalBundles: BundleSource {
    let files: BundleFiles

    func bundle(_ digest: BundleDigest) async throws -> [UInt8]? { try files.get(digest) }
}

/// What extensions keep with the server, for the worker in its process.
struct LocalKeyValues: KeyValueStoring {
    let runtime: RuntimeStore

    func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        try runtime.perform(operation, for: install)
    }
}
