/// What a writer believes of a stream when it appends.
package enum ExpectedRevision: Equatable, Sendable, CustomStringConvertible {
    /// The stream does not exist yet.
    case noStream
    /// It exists, at whatever revision.
    case streamExists
    /// The writer does not care.
    case any
    /// Its last event has this revision.
    case exactly(Int)

    package var description: String {
        switch self {
        case .noStream: "no stream"
        case .streamExists: "any revision"
        case .any: "anything"
        case .exactly(let revision): "\(revision)"
        }
    }

    func admits(_ actual: Int?) -> Bool {
        switch self {
        case .noStream: actual == nil
        case .streamExists: actual != nil
        case .any: true
        case .exactly(let revision): actual == revision
        }
    }
}

/// Another writer appended to the stream after it was read.
package struct WrongExpectedRevision: Error, Equatable, CustomStringConvertible {
    package let stream: StreamID, expected: ExpectedRevision
    /// nil: the stream does not exist.
    package let actual: Int?

    package var description: String {
        "\(stream) is at revision \(actual.map(String.init) ?? "none"), not \(expected): read it again and decide again"
    }
}
