import Domain
import HTTPTypes

/// What is wrong with a form, for its fields; what belongs to none of them is said above it.
struct FieldErrors: Sendable {
    private(set) var general: String?
    private(set) var fields: [String: String] = [:]

    /// - Parameter names: of the form's fields.
    /// - Returns: nil for a failure that the form cannot help.
    init?(_ error: any Error, names: [String]) {
        let error = APIError(error)
        guard (400..<500).contains(error.status.code), ![401, 403, 404, 429].contains(error.status.code) else { return nil }
        for detail in error.details where names.contains(detail.path) && fields[detail.path] == nil {
            fields[detail.path] = detail.message.sentence
        }
        let others = error.details.filter { !names.contains($0.path) }
        if error.details.isEmpty {
            general = error.message.sentence
        } else if !others.isEmpty {
            general = others.map { "\($0.path) \($0.message)".sentence }.joined(separator: " ")
        }
    }

    /// For the templates: `{"reason": {"text"}}`, and `general`.
    var view: View {
        var view: View = fields.mapValues { ["text": $0] as View }
        view["general"] = general
        return view
    }
}
