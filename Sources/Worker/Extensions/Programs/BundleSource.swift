import Domain

/// Where bundles are had from: the same way that the feed comes.
package protocol BundleSource: Sendable {
    /// What is kept under that digest, whether it fits or not; nil when nothing is.
    func bundle(_ digest: BundleDigest) async throws -> [UInt8]?
}

/// Why there is nothing to run.
enum BundleTrouble: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(BundleDigest)
    /// It is not what was reviewed: nothing of it is run.
    case differs(from: BundleDigest, found: BundleDigest)
    case unreadable(String)
    case unreachable(String)

    /// Whether another try may help without anybody doing something.
    var isPassing: Bool {
        switch self {
        case .missing, .unreachable: true
        case .differs, .unreadable: false
        }
    }

    var description: String {
        switch self {
        case .missing(let digest): "nobody has the bundle \(digest)"
        case .differs(let digest, let found): "the bundle \(digest) has the digest \(found): it is not run"
        case .unreadable(let reason): "the bundle cannot be read: \(reason)"
        case .unreachable(let reason): "the bundle could not be fetched: \(reason)"
        }
    }
}
