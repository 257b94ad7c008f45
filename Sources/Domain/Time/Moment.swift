/// A place in the history: right after the event at a position, or a moment of the clock.
package enum Moment: Hashable, Sendable {
    case position(Int)
    case time(Timestamp)

    /// `4711`, or as RFC 3339 has it.
    package init?(_ text: String) {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard text.utf8.count <= 18, let position = Int(text) else { return nil }
            self = .position(position)
        } else if let time = Timestamp(text) {
            self = .time(time)
        } else {
            return nil
        }
    }

    package static let rule = "must be a position, or a moment as RFC 3339 has it, for example 2026-11-21T18:00:00Z"
}

extension Moment: CustomStringConvertible {
    package var description: String {
        switch self {
        case .position(let position): String(position)
        case .time(let time): time.description
        }
    }
}
