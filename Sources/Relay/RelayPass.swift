import Domain
import Projections
import Redis
import Synchronization

/// One turn of the relay on its connection's thread: it ends when Redis stands where the feed stands.
///
/// Redis's own tail is the subscription checkpoint; what is remembered here only saves asking for it.
struct RelayPass {
    /// Where Redis was found, and which process it was.
    struct Place: Sendable {
        var generation: FeedGeneration
        var tail: ChangeID
        var runID: String
        var comparedAt: ContinuousClock.Instant
        /// What installs run, or have run since it was found.
        var bundles: Set<BundleDigest>
    }

    /// Seeds and second looks; more of them in one turn mean that somebody works against us.
    private static let surprisesMax = 8

    let session: RedisSession
    let readModels: ReadModels
    let settings: RelaySettings
    let clock: WallClock
    let board: RelayBoard
    let bundles: RelayedBundles
    var place: Place?

    private var keys: FeedKeys { settings.keys }

    /// Returns when nothing is left to write.
    mutating func run() throws {
        var surprises = 0
        if let place, place.comparedAt.duration(to: .now) >= .seconds(settings.stampSeconds) { try compare(place) }
        while true {
            guard surprises < Self.surprisesMax else { throw RelayProblem.restless }
            guard let place, place.generation.epoch == readModels.feedEpoch else {
                surprises += 1
                try look()
                continue
            }
            switch try readModels.changes(after: place.tail, limit: settings.batchChangesMax) {
            case .gone:
                surprises += 1
                try seed(replacing: place.generation)
            case .changes(let changes):
                if changes.isEmpty { return board.polled(at: clock.now) }
                // A rebuild may have come between the question for the epoch and the changes.
                guard place.generation.epoch == readModels.feedEpoch else { continue }
                surprises += try append(batch(of: changes)) ? 0 : 1
            }
        }
    }

    /// Finds out which generation serves, and where it stands; begins one when none can be gone on with.
    private mutating func look() throws {
        let found = try FeedMarkReader(keys: keys).read(session)
        guard let mark = found.mark, mark.generation.epoch == readModels.feedEpoch else {
            try board.letOthersBe(found.mark, epoch: readModels.feedEpoch, settings)
            return try seed(replacing: found.mark?.generation, runID: found.runID)
        }
        let installed = Set(try readModels.installedBundles())
        place = Place(
            generation: mark.generation, tail: mark.last, runID: found.runID, comparedAt: .now, bundles: installed)
        try bundles.place(installed, session, keys)
        _ = try append([])
    }

    /// Stamps the head, which also shows whether Redis is still what it was.
    private mutating func compare(_ place: Place) throws {
        let runID = try FeedMarkReader.runID(session)
        if runID != place.runID { return self.place = nil }
        self.place?.comparedAt = .now
        try bundles.place(place.bundles, session, keys)
        _ = try append([])
    }

    /// Fills a new generation and lets it serve.
    private mutating func seed(replacing old: FeedGeneration?, runID: String? = nil) throws {
        let id = try runID ?? place?.runID ?? FeedMarkReader.runID(session)
        place = nil
        let seeding = FeedSeeding(
            session: session, readModels: readModels, settings: settings, clock: clock, bundles: bundles,
            numberMin: board.lastGeneration ?? 0)
        guard let filled = try seeding.run(replacing: old) else { return }
        place = Place(
            generation: filled.generation, tail: filled.last, runID: id, comparedAt: .now, bundles: filled.bundles)
        board.stands(filled.generation, at: filled.last, wroteAt: clock.now)
    }

    /// - Returns: whether all went as expected.
    private mutating func append(_ changes: [FeedChange]) throws -> Bool {
        guard let place else { return false }
        let head = readModels.feedHead(at: clock.now)
        let last = changes.last?.id ?? head.last
        let digest = changes.isEmpty || last == head.last ? head.digest : readModels.digest(after: last)?.digest
        let named = RelayedBundles.named(in: changes)
        try bundles.place(named, session, keys)
        let outcome = try run(FeedScripts.append, on: place.generation) { command in
            for word in [place.generation.epoch, "\(place.generation.number)", "\(last)"] { command.append(word) }
            command.append(digest?.description ?? "")
            command.append(head.at.description)
            command.append(settings.streamLengthMax)
            command.append(FeedMark.text(of: DocumentKind.known))
            for change in changes { try append(change, to: &command) }
        }
        switch outcome {
        case .standsAt(let tail):
            self.place?.tail = tail
            self.place?.bundles.formUnion(named)
            board.stands(place.generation, at: tail, wroteAt: changes.isEmpty ? nil : clock.now)
            try bundles.forget(after: changes, session, keys)
            return true
        case .hole(let tail):
            self.place?.tail = tail
            board.stands(place.generation, at: tail, wroteAt: nil)
        case .replaced: self.place = nil
        case .lost: try seed(replacing: place.generation)
        }
        return false
    }

    private func run(
        _ script: RedisScript, on generation: FeedGeneration, _ append: (inout RedisCommand) throws -> Void
    ) throws -> FeedOutcome {
        do {
            return try FeedOutcome(
                session.run(script, keys: [keys.head] + keys.all(of: generation), append))
        } catch let error as RedisError where error.kind == .wrongType {
            // Somebody has put something else in the place of a key.
            return .lost
        }
    }

    private func append(_ change: FeedChange, to command: inout RedisCommand) throws {
        guard let number = DocumentKind.known.firstIndex(of: change.kind) else {
            throw RelayProblem(description: "the feed holds documents that nothing knows (\(change.kind.rawValue))")
        }
        let message = CourtesyMessage(change, keys)
        command.append(change.id.description)
        command.append(number + 1)
        command.append(message?.channel ?? "")
        command.append(message?.text ?? "")
        for field in change.fields { command.append(field) }
    }

    /// As many of them as one script should take.
    private func batch(of changes: [FeedChange]) -> [FeedChange] {
        var sizeBytes = 0
        let rest = changes.dropFirst().firstIndex { change in
            sizeBytes += change.value?.count ?? 0
            return sizeBytes > settings.batchBytesMax
        }
        return Array(changes.prefix(rest ?? changes.count))
    }
}
