import Domain

/// A JSON text for people: two spaces a level, a member a line, short values on one.
enum IndentedJSON {
    private static let lineLengthMax = 100

    static func text(_ json: JSON) -> String {
        lines(json, indentation: "") + "\n"
    }

    private static func lines(_ json: JSON, indentation: String) -> String {
        if json.text.count + indentation.count <= lineLengthMax { return spaced(json) }
        let inner = indentation + "  "
        switch json {
        case .object(let members) where !members.isEmpty:
            let rows = members.map { "\(inner)\(JSON.string($0.name).text): \(lines($0.value, indentation: inner))" }
            return "{\n\(rows.joined(separator: ",\n"))\n\(indentation)}"
        case .array(let values) where !values.isEmpty:
            let rows = values.map { inner + lines($0, indentation: inner) }
            return "[\n\(rows.joined(separator: ",\n"))\n\(indentation)]"
        default: return json.text
        }
    }

    private static func spaced(_ json: JSON) -> String {
        switch json {
        case .object(let members) where !members.isEmpty:
            "{ \(members.map { "\(JSON.string($0.name).text): \(spaced($0.value))" }.joined(separator: ", ")) }"
        case .array(let values): "[\(values.map(spaced).joined(separator: ", "))]"
        default: json.text
        }
    }
}
