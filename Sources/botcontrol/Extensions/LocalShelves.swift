import Domain
import Runtime
import Server
import Worker

/// The server's own bundles, for the worker in its process.
struct LocalBundles: BundleSource {
    let services: Services

    func bundle(_ digest: BundleDigest) async throws -> [UInt8]? { try services.bundle(digest) }
}

/// What extensions keep with the server, for the worker in its process.
struct LocalKeyValues: KeyValueStoring {
    let services: Services

    func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        try services.perform(operation, for: install)
    }
}

/// How often commands are used, kept with the server, for the worker in its process.
struct LocalUses: UseCounting {
    let services: Services

    func count(_ use: CommandUse) async throws -> Int { try services.count(use) }
}
