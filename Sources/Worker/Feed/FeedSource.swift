import Domain

/// One way to the feed: HTTP, Redis, or the same process. Everything that a worker says goes back the same way.
package protocol FeedSource: BundleSource, KeyValueStoring, UseCounting {
    var transport: Acknowledgement.Transport { get }

    /// All documents as of one change.
    ///
    /// - Parameter held: what the follower holds already, and shares with the snapshot where it is the same.
    func snapshot(beside held: HeldDocuments) async throws -> FeedSnapshot

    /// Delivers what follows a change, in order, until the feed ends, the connection is lost, or the task is cancelled.
    ///
    /// It says nothing of holes: who follows compares each change's `previous` with what it holds.
    /// - Parameters:
    ///   - id: the last change that the follower holds.
    ///   - epoch: of the line of history that it holds; another one is answered with `.reset`.
    func follow(
        after id: ChangeID, in epoch: String, deliver: @Sendable (FeedMessage) async throws -> Void
    ) async throws

    func acknowledge(_ acknowledgement: Acknowledgement) async throws

    /// Sends what happened in chat, in as many documents as it needs.
    ///
    /// When it throws, some of them may have arrived. Sending the same again does no harm: a record that comes twice
    /// within a while is one.
    func report(_ report: Report) async throws

    /// Lets go of its connections; nothing is asked of it afterwards.
    func close() async
}

extension FeedSource {
    package func snapshot() async throws -> FeedSnapshot { try await snapshot(beside: HeldDocuments()) }

    package func close() async {}

    /// Where nobody keeps any.
    package func bundle(_ digest: BundleDigest) async throws -> [UInt8]? { nil }

    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        throw .unavailable
    }

    package func count(_ use: CommandUse) async throws -> Int { throw UsesUnavailable() }
}

/// Nobody says how often a command was used.
struct UsesUnavailable: Error, CustomStringConvertible {
    let description = "how often commands are used is kept nowhere, or cannot be reached at the moment"
}

/// All documents as of `head.last`.
package struct FeedSnapshot: Sendable {
    package var head: FeedHead
    package var entries: [FeedEntry]

    package init(head: FeedHead, entries: [FeedEntry]) {
        (self.head, self.entries) = (head, entries)
    }
}

/// What a follower is told.
package enum FeedMessage: Equatable, Sendable {
    /// Changes that were made together, oldest first.
    case changes([FeedChange])
    /// Nothing new; the feed stands here and is alive.
    case bookmark(FeedHead)
    /// What the follower holds cannot be gone on from: take a snapshot.
    case reset
}
