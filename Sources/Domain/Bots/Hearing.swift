/// Whether a bot hears its chat, as far as anybody has said.
package enum Hearing: String, CaseIterable, Sendable {
    /// Events flow.
    case live
    /// Its worker says that it cannot: the connection is gone, or is open and brings nothing.
    case deaf
    /// No worker has said anything for a while.
    case silent

    /// Platforms that send nothing by themselves are asked every five minutes.
    package static let silentAfterSeconds = 360.0
}
