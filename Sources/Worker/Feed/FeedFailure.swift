/// Why a feed cannot be had. Anything else that a source throws is an outage, too.
package enum FeedFailure: Error, Equatable, CustomStringConvertible {
    /// The other side does not let the worker in; the reason says what to do.
    case refused(String)
    /// Something came that cannot be read.
    case unreadable(String)
    case broken(String)

    package var description: String {
        switch self {
        case .refused(let reason), .unreadable(let reason), .broken(let reason): reason
        }
    }
}
