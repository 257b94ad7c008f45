import Domain

/// The feed within one process: the server's own functions, handed over by whoever puts the two together.
package struct LocalFeed: FeedSource {
    package typealias Deliver = @Sendable (FeedMessage) async throws -> Void

    package let transport = Acknowledgement.Transport.local
    private let takeSnapshot: @Sendable () async throws -> FeedSnapshot
    private let followAfter: @Sendable (ChangeID, String, Deliver) async throws -> Void
    private let takeAcknowledgement: @Sendable (Acknowledgement) async throws -> Void
    private let takeReport: @Sendable (Report) async throws -> Void
    /// nil where there are none.
    private let bundles: (any BundleSource)?
    private let keyValues: (any KeyValueStoring)?
    private let uses: (any UseCounting)?

    package init(
        snapshot: @escaping @Sendable () async throws -> FeedSnapshot,
        follow: @escaping @Sendable (_ after: ChangeID, _ epoch: String, _ deliver: Deliver) async throws -> Void,
        acknowledge: @escaping @Sendable (Acknowledgement) async throws -> Void,
        report: @escaping @Sendable (Report) async throws -> Void = { _ in }, bundles: (any BundleSource)? = nil,
        keyValues: (any KeyValueStoring)? = nil, uses: (any UseCounting)? = nil
    ) {
        (takeSnapshot, followAfter, takeAcknowledgement) = (snapshot, follow, acknowledge)
        takeReport = report
        (self.bundles, self.keyValues, self.uses) = (bundles, keyValues, uses)
    }

    package func snapshot(beside held: HeldDocuments) async throws -> FeedSnapshot {
        var snapshot = try await takeSnapshot()
        for index in snapshot.entries.indices { snapshot.entries[index] = held.sharing(snapshot.entries[index]) }
        return snapshot
    }

    package func follow(after id: ChangeID, in epoch: String, deliver: Deliver) async throws {
        try await followAfter(id, epoch, deliver)
    }

    package func acknowledge(_ acknowledgement: Acknowledgement) async throws {
        try await takeAcknowledgement(acknowledgement)
    }

    package func report(_ report: Report) async throws { try await takeReport(report) }

    package func bundle(_ digest: BundleDigest) async throws -> [UInt8]? { try await bundles?.bundle(digest) }

    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        guard let keyValues else { throw .unavailable }
        return try await keyValues.perform(operation, for: install)
    }

    package func count(_ use: CommandUse) async throws -> Int {
        guard let uses else { throw UsesUnavailable() }
        return try await uses.count(use)
    }
}
