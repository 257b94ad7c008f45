/// One thing that is wrong with what was sent, where it stands, and what to do about it.
package struct Failure: Equatable, Sendable {
    /// Where: member names and indices joined by dots, as in `config.messages.2.text`.
    package let path: String
    /// A stable name for programs: `required`, `unknown_field`, `wrong_type`, `out_of_range`, `too_long`, …
    package let code: String
    /// For people: what is wrong and what would be right.
    package let message: String

    package init(path: String, code: String, message: String) {
        (self.path, self.code, self.message) = (path, code, message)
    }
}

/// Everything that is wrong with what was sent, never only the first.
package struct ValidationFailed: Error, Equatable, CustomStringConvertible {
    package let failures: [Failure]

    package init(_ failures: [Failure]) {
        self.failures = failures
    }

    package init(path: String, code: String, message: String) {
        self.init([Failure(path: path, code: code, message: message)])
    }

    package var description: String {
        failures.map { "\($0.path): \($0.message)" }.joined(separator: "; ")
    }
}
