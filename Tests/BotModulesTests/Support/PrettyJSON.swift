import Domain

/// A JSON text for people: two spaces a level, a member a line.
enum PrettyJSON {
    static func text(_ json: JSON) -> String {
        lines(json, indentation: "") + "\n"
    }

    private static func lines(_ json: JSON, indentation: String) -> String {
        let inner = indentation + "  "
        switch json {
        case .object(let members) where !members.isEmpty:
            let rows = members.map { "\(inner)\(JSON.string($0.name).text): \(lines($0.value, indentation: inner))" }
            return "{\n\(rows.joined(separator: ",\n"))\n\(indentation)}"
        case .array(let values) where values.contains(where: { $0.members != nil || $0.array != nil }):
            let rows = values.map { inner + lines($0, indentation: inner) }
            return "[\n\(rows.joined(separator: ",\n"))\n\(indentation)]"
        case .array(let values): return "[\(values.map(\.text).joined(separator: ", "))]"
        default: return json.text
        }
    }
}
