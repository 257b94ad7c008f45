import Domain

/// As much of JSON Schema (draft 2020-12) as the schemas use; an unknown keyword is an error.
enum SchemaEvaluator {
    struct UnknownKeyword: Error {
        let keyword: String
    }

    static func accepts(_ value: JSON, _ schema: JSON) throws -> Bool {
        try (schema.members ?? []).allSatisfy { try accepts(value, $0.name, $0.value, in: schema) }
    }

    private static func accepts(_ value: JSON, _ keyword: String, _ argument: JSON, in schema: JSON) throws -> Bool {
        switch keyword {
        case "$schema", "title", "description", "default": return true
        case "type": return (argument.array ?? [argument]).contains { isOf(type: $0.string, value) }
        case "enum": return argument.array?.contains(value) == true
        case "minimum": return value.double.map { $0 >= argument.double! } ?? true
        case "maximum": return value.double.map { $0 <= argument.double! } ?? true
        case "minLength": return value.string.map { $0.unicodeScalars.count >= argument.integer! } ?? true
        case "maxLength": return value.string.map { $0.unicodeScalars.count <= argument.integer! } ?? true
        case "pattern": return try value.string.map { try $0.contains(Regex(argument.string!)) } ?? true
        case "maxItems": return value.array.map { $0.count <= argument.integer! } ?? true
        case "items": return try (value.array ?? []).allSatisfy { try accepts($0, argument) }
        case "required": return value.members == nil || argument.array!.allSatisfy { value[$0.string!] != nil }
        case "properties":
            return try (value.members ?? []).allSatisfy { member in
                try argument[member.name].map { try accepts(member.value, $0) } ?? true
            }
        case "additionalProperties":
            let properties = schema["properties"]
            return (value.members ?? []).allSatisfy { properties?[$0.name] != nil }
        default: throw UnknownKeyword(keyword: keyword)
        }
    }

    private static func isOf(type: String?, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("integer", .number): value.integer != nil
        default: false
        }
    }
}

extension JSON {
    fileprivate var double: Double? {
        if case .number(let literal) = self { Double(literal) } else { nil }
    }
}
