import Domain
import Redis

/// The bundles that installs run, beside the feed: each is there before the document that names it, so that a worker
/// which hears of an install finds what to run.
package struct RelayedBundles: Sendable {
    /// nil when there is none, which workers are told in their own way.
    package typealias Read = @Sendable (BundleDigest) -> [UInt8]?

    let read: Read

    func place(for changes: [FeedChange], _ session: RedisSession, _ keys: FeedKeys) throws {
        let digests = Set(changes.lazy.filter { $0.kind == .extensionInstall }.compactMap(Self.digest))
        try place(digests, session, keys)
    }

    /// Puts what is not there yet.
    func place(
        _ digests: some Collection<BundleDigest>, _ session: RedisSession, _ keys: FeedKeys
    ) throws {
        for digest in digests {
            guard try session.send(RedisCommand("EXISTS", keys.bundle(digest))).integer == 0,
                let bytes = read(digest)
            else { continue }
            var command = RedisCommand("SET", keys.bundle(digest))
            command.append(bytes)
            _ = try session.send(command)
        }
    }

    /// What an install has kept goes with it.
    func forget(after changes: [FeedChange], _ session: RedisSession, _ keys: FeedKeys) throws {
        for change in changes where change.kind == .extensionInstall && change.value == nil {
            let install = InstallID(stored: change.key)
            _ = try session.send(RedisCommand("UNLINK", keys.keyValues(install), keys.keyValuesSize(install)))
        }
    }

    private static func digest(_ change: FeedChange) -> BundleDigest? {
        change.value?.withUnsafeBufferPointer { bytes in
            try? StoredObject(bytes).string("bundle_digest").map(BundleDigest.init(stored:))
        }
    }
}
