import Domain

/// What a template is filled with: strings, numbers, booleans, views, and arrays of them. A value that is not there is
/// left out, never null.
typealias View = [String: Any]

extension JSON {
    /// The same as a template reads it; null is left out.
    var forTemplate: Any? {
        switch self {
        case .null: nil
        case .bool(let value): value
        case .number(let literal): literal
        case .string(let value): value
        case .array(let values): values.compactMap(\.forTemplate)
        case .object: view
        }
    }

    /// An object as a view; what is none is empty.
    var view: View {
        var view: View = [:]
        for member in members ?? [] { view[member.name] = member.value.forTemplate }
        return view
    }
}
