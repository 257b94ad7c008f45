import Domain

/// As much of JSON Schema (draft 2020-12) as the OpenAPI document uses; an unknown keyword is a complaint.
struct SchemaReader: Sendable {
    /// What `$ref` points into.
    let root: JSON

    /// Everything that speaks against the value, each with its place.
    func complaints(_ value: JSON, _ schema: JSON, at place: String) -> [String] {
        if let flag = schema.bool { return flag ? [] : ["\(place): nothing is taken here"] }
        return (schema.members ?? []).flatMap { keyword in
            check(value, keyword.name, keyword.value, schema, place)
        }
    }

    private func accepts(_ value: JSON, _ schema: JSON) -> Bool { complaints(value, schema, at: "").isEmpty }

    private func check(
        _ value: JSON, _ keyword: String, _ argument: JSON, _ schema: JSON, _ place: String
    ) -> [String] {
        switch keyword {
        case "description", "default", "title", "example": return []
        case "$ref": return complaints(value, resolve(argument), at: place)
        case "oneOf", "anyOf":
            let count = (argument.array ?? []).count { accepts(value, $0) }
            return count == 1 || count > 1 && keyword == "anyOf" ? [] : ["\(place): \(count) of \(keyword) fit"]
        case "items":
            return (value.array ?? []).enumerated().flatMap { complaints($1, argument, at: "\(place).\($0)") }
        case "properties":
            return (value.members ?? []).flatMap { member in
                argument[member.name].map { complaints(member.value, $0, at: "\(place).\(member.name)") } ?? []
            }
        case "additionalProperties":
            let others = (value.members ?? []).filter { schema["properties"]?[$0.name] == nil }
            return others.flatMap { complaints($0.value, argument, at: "\(place).\($0.name)") }
        case "required":
            let missing = (argument.array ?? []).compactMap(\.string).filter { value[$0] == nil }
            return value.members == nil ? [] : missing.map { "\(place): \($0) is missing" }
        default:
            guard let fits = fits(value, keyword, argument) else { return ["\(place): unknown keyword \(keyword)"] }
            return fits ? [] : ["\(place): \(value.text.prefix(100)) is not of \(keyword) \(argument.text.prefix(200))"]
        }
    }

    /// Keywords of single values; those that are about another kind of value fit.
    private func fits(_ value: JSON, _ keyword: String, _ argument: JSON) -> Bool? {
        switch keyword {
        case "type": (argument.array ?? [argument]).contains { isOf(type: $0.string, value) }
        case "enum": argument.array?.contains(value) == true
        case "const": argument == value
        case "minimum": value.number.map { $0 >= argument.number ?? 0 } ?? true
        case "maximum": value.number.map { $0 <= argument.number ?? 0 } ?? true
        case "minLength": value.string.map { $0.unicodeScalars.count >= argument.integer ?? 0 } ?? true
        case "maxLength": value.string.map { $0.unicodeScalars.count <= argument.integer ?? 0 } ?? true
        case "maxItems": value.array.map { $0.count <= argument.integer ?? 0 } ?? true
        case "minProperties": value.members.map { $0.count >= argument.integer ?? 0 } ?? true
        case "pattern": value.string.map { matches($0, argument.string ?? "") } ?? true
        case "format": value.string.map { isOf(format: argument.string ?? "", $0) } ?? true
        default: nil
        }
    }

    private func resolve(_ reference: JSON) -> JSON {
        let path = (reference.string ?? "").split(separator: "/").dropFirst()
        return path.reduce(root) { $0[String($1)] ?? false }
    }

    private func isOf(type: String?, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("number", .number): true
        case ("integer", .number): value.integer != nil
        default: false
        }
    }

    private func isOf(format: String, _ text: String) -> Bool {
        switch format {
        case "date-time": Timestamp(text) != nil
        case "uuid": matches(text, "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        default: false
        }
    }

    private func matches(_ text: String, _ pattern: String) -> Bool {
        guard let pattern = try? Regex(pattern) else { return false }
        return text.contains(pattern)
    }
}

extension JSON {
    fileprivate var number: Double? {
        if case .number(let literal) = self { Double(literal) } else { nil }
    }
}
