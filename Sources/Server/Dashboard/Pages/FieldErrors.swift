import Commands
import Domain
import HTTPTypes

/// What is wrong with a form, for its fields; what belongs to none of them is said above it.
struct FieldErrors: Sendable {
    private(set) var general: String?
    private var failures: [Failure] = []

    /// - Parameter names: of the form's fields, by the failures' paths; what is inside a field belongs to it.
    /// - Returns: nil for a failure that the form cannot help.
    init?(_ error: any Error, names: [String]) {
        let error = APIError(error)
        let status = error.status.code
        guard (400..<500).contains(status), ![401, 403, 404, 429].contains(status) else { return nil }
        failures = error.details.filter { detail in
            names.contains { detail.path == $0 || detail.path.hasPrefix($0 + ".") }
        }
        let others = error.details.filter { !failures.contains($0) }
        if error.code == Refusal.Code.consentRequired.rawValue {
            general = "It runs only with your consent to all that it asks for: tick every box, or leave it."
        } else if error.details.isEmpty {
            general = error.message.sentence
        } else if !others.isEmpty {
            general = others.map { "\($0.path) \($0.message)".sentence }.joined(separator: " ")
        }
    }

    /// A failure that no operation has found.
    init(general: String) {
        self.general = general
    }

    /// What is wrong at a field, or inside of it, unless that has a field of its own.
    func message(at name: String) -> String? {
        let found = failures.filter { $0.path == name || $0.path.hasPrefix(name + ".") && !Self.isOfRow($0.path, name) }
        return found.isEmpty ? nil : found.map { Self.sentence($0, name) }.joined(separator: " ")
    }

    /// `config.messages.0.text` has a field of its own; `config.blocked_words.3` has none.
    private static func isOfRow(_ path: String, _ name: String) -> Bool {
        path.dropFirst(name.count + 1).split(separator: ".").count > 1
    }

    private static func sentence(_ failure: Failure, _ name: String) -> String {
        guard let index = Int(failure.path.dropFirst(name.count + 1)) else { return failure.message.sentence }
        return "Entry \(index + 1) \(failure.message)".sentence
    }

    /// For templates that name their fields: `{"reason": {"text"}}`, and `general`.
    var view: View {
        var view: View = [:]
        for failure in failures where view[failure.path] == nil {
            view[failure.path] = ["text": failure.message.sentence] as View
        }
        view["general"] = general
        return view
    }
}
