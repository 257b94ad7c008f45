/// A text that no log, error or description shows.
package struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one place that sends it.
    package let exposed: String

    package init(_ text: String) {
        exposed = text
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// A text of somebody else, in case it repeats the secret.
    package func hidden(in text: String) -> String {
        exposed.isEmpty ? text : text.replacing(exposed, with: description)
    }
}
