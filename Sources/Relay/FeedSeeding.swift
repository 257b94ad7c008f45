import Domain
import Projections
import Redis

/// Fills a generation of its own with a whole snapshot, then lets it take the place of the old one in one step.
///
/// Nobody else fills the same keys, for numbers are given out once. What a relay that ends half-way leaves behind
/// expires.
struct FeedSeeding {
    private static let chunkBytes = 256 << 10
    /// A filling that was abandoned stays no longer.
    private static let fillingSeconds = 300

    let session: RedisSession
    let readModels: ReadModels
    let settings: RelaySettings
    let clock: WallClock
    let bundles: RelayedBundles
    /// A number that was used before, even if Redis has forgotten it.
    let numberMin: Int

    private var keys: FeedKeys { settings.keys }

    struct Filled {
        let generation: FeedGeneration, last: ChangeID
        /// What the installs of the snapshot run.
        let bundles: Set<BundleDigest>
    }

    /// - Returns: nil when another relay was faster; then its generation serves.
    func run(replacing old: FeedGeneration?) throws -> Filled? {
        let number = try begin(numberMin: max(numberMin, old?.number ?? 0))
        var generation: FeedGeneration?
        var head: FeedHead?
        var chunks: [DocumentKind: RedisCommand] = [:]
        var documents = 0
        try readModels.feedSnapshot(at: clock.now) { found in
            head = found
            generation = FeedGeneration(epoch: found.epoch, number: number)
        } entry: { entry in
            guard let head, let generation else { return }
            documents += 1
            var chunk = chunks[entry.kind] ?? RedisCommand("HSET", keys.state(generation, entry.kind))
            // Else appending would copy all of it.
            chunks[entry.kind] = nil
            chunk.append(entry.key)
            chunk.append(StoredDocument.bytes(entry.value, at: head.last))
            if chunk.sizeBytes < Self.chunkBytes { chunks[entry.kind] = chunk } else { try fill(chunk, generation) }
        }
        guard let head, let generation else { return nil }
        for chunk in chunks.values { try fill(chunk, generation) }
        // Asked after the snapshot: else one that was installed meanwhile would be left out.
        let installed = Set(try readModels.installedBundles())
        try bundles.place(installed, session, keys)
        guard let last = try swap(old, for: generation, head, documents) else { return nil }
        return Filled(generation: generation, last: last, bundles: installed)
    }

    private func begin(numberMin: Int) throws -> Int {
        let reply = try session.run(FeedScripts.begin, keys: [keys.generations]) { $0.append(numberMin) }
        guard let number = reply.integer else { throw RelayProblem.restless }
        return number
    }

    private func fill(_ chunk: RedisCommand, _ generation: FeedGeneration) throws {
        let expiry = DocumentKind.known.map {
            RedisCommand("EXPIRE", keys.state(generation, $0), "\(Self.fillingSeconds)")
        }
        for reply in try session.send([chunk] + expiry) { _ = try reply.get() }
    }

    private func swap(
        _ old: FeedGeneration?, for new: FeedGeneration, _ head: FeedHead, _ documents: Int
    ) throws -> ChangeID? {
        let newKeys = keys.all(of: new), oldKeys = old.map { keys.all(of: $0) } ?? []
        let reply = try session.run(FeedScripts.swap, keys: [keys.head] + newKeys + oldKeys) { command in
            for word in [
                old?.epoch ?? "", old.map { "\($0.number)" } ?? "", new.epoch, "\(new.number)", "\(head.last)",
                "\(head.digest)", "\(documents)", "\(clock.now)", "\(newKeys.count)", "\(settings.oldKeysSeconds)",
                FeedMark.text(of: DocumentKind.known),
            ] { command.append(word) }
        }
        guard case .standsAt(let last) = try FeedOutcome(reply) else {
            var command = RedisCommand("UNLINK")
            for key in newKeys { command.append(key) }
            _ = try session.send(command)
            return nil
        }
        return last
    }
}
