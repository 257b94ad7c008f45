import Domain
import Redis

/// The bundles that installs run, beside the feed: each is there before the document that names it, so that a worker
/// which hears of an install finds what to run.
///
/// Redis may lose them one by one, by eviction or by somebody's hand, where the feed itself looks whole. So whenever
/// the relay compares what Redis is with what it was, it asks in one command whether all of them are there, and puts
/// back those that are not; a worker that misses one asks again, a second later at first.
package struct RelayedBundles: Sendable {
    /// nil when there is none, which workers are told in their own way.
    package typealias Read = @Sendable (BundleDigest) -> [UInt8]?

    /// Of one command.
    private static let keysMax = 500

    let read: Read

    /// Those that these changes name.
    static func named(in changes: [FeedChange]) -> Set<BundleDigest> {
        Set(changes.lazy.filter { $0.kind == .extensionInstall }.compactMap(digest))
    }

    /// Puts what is not there.
    func place(_ digests: Set<BundleDigest>, _ session: RedisSession, _ keys: FeedKeys) throws {
        var rest = Array(digests)[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.keysMax)
            rest = rest.dropFirst(some.count)
            var question = RedisCommand("EXISTS")
            for digest in some { question.append(keys.bundle(digest)) }
            if try session.send(question).integer != some.count { try placeMissing(some, session, keys) }
        }
    }

    private func placeMissing(_ digests: ArraySlice<BundleDigest>, _ session: RedisSession, _ keys: FeedKeys) throws {
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
