/// The names under which the feed stands in Redis. The braces are Redis Cluster's hash tag: all keys share one slot, so
/// that one script may touch them together.
package struct FeedKeys: Equatable, Sendable {
    package static let defaultPrefix = "lumio"

    /// What stands between the braces, and before the channels.
    package let prefix: String

    /// - Parameter prefix: without braces; several servers may share a Redis when each has its own.
    package init(prefix: String = defaultPrefix) {
        self.prefix = prefix
    }

    package var head: String { "{\(prefix)}:head" }

    /// The number of the last generation that anybody has begun to fill.
    package var generations: String { "{\(prefix)}:generations" }

    package func stream(_ generation: FeedGeneration) -> String { "{\(prefix)}:feed:\(generation)" }

    package func state(_ generation: FeedGeneration, _ kind: DocumentKind) -> String {
        "{\(prefix)}:state:\(generation):\(kind.rawValue)"
    }

    /// The stream and the hashes of one generation, the hashes in the order of `DocumentKind.known`.
    package func all(of generation: FeedGeneration) -> [String] {
        [stream(generation)] + DocumentKind.known.map { state(generation, $0) }
    }

    package func worker(_ name: String) -> String { "{\(prefix)}:worker:\(name)" }

    /// The channel on which workers acknowledge.
    package var acknowledgements: String { "{\(prefix)}:acknowledgements" }

    /// The stream of what workers report; each entry holds one document in the field `reportField`.
    package var reports: String { "{\(prefix)}:reports" }
    package static let reportField = "report"

    /// A bundle's bytes; they never change.
    package func bundle(_ digest: BundleDigest) -> String { "{\(prefix)}:bundle:\(digest)" }

    /// What an install keeps: key → JSON; and how many bytes that are.
    package func keyValues(_ install: InstallID) -> String { "{\(prefix)}:kv:\(install)" }

    package func keyValuesSize(_ install: InstallID) -> String { "{\(prefix)}:kv:\(install):size" }

    /// How often an account's commands were used that say it: name → number.
    package func commandUses(_ account: AccountID) -> String { "{\(prefix)}:command-uses:\(account)" }

    /// Courtesy channels; what they say is also in the feed, and only there for certain.
    package func botAction(_ platform: String, _ account: String) -> String {
        "\(prefix):bot:action:\(platform):\(account)"
    }

    package func botModules(_ account: String) -> String {
        prefix == Self.defaultPrefix ? "bot_modules:\(account)" : "\(prefix):bot_modules:\(account)"
    }
}

/// One filling of Redis with the documents of one line of history.
package struct FeedGeneration: Hashable, Sendable, CustomStringConvertible {
    /// As in `FeedHead`.
    package let epoch: String
    /// Grows with every filling.
    package let number: Int

    package init(epoch: String, number: Int) {
        (self.epoch, self.number) = (epoch, number)
    }

    package var description: String { "\(epoch).\(number)" }
}
