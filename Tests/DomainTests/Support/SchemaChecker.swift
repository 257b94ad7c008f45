import Domain

/// As much of JSON Schema (draft 2020-12) as the events' schemas use; a keyword that it does not know is a violation.
enum SchemaChecker {
    /// What speaks against the value, each with the place where it stands; empty when the schema takes it.
    static func violations(_ value: JSON, _ schema: JSON, at path: String = "$") throws -> [String] {
        guard let keywords = schema.members else { return ["\(path): the schema is not an object"] }
        return try keywords.flatMap { keyword in
            try complaints(value, keyword.name, keyword.value, in: schema, at: path)
        }
    }

    private static func complaints(
        _ value: JSON, _ keyword: String, _ argument: JSON, in schema: JSON, at path: String
    ) throws -> [String] {
        switch keyword {
        case "$schema", "title", "description": return []
        case "properties":
            return try (value.members ?? []).flatMap { member in
                try argument[member.name].map { try violations(member.value, $0, at: "\(path).\(member.name)") } ?? []
            }
        case "items":
            return try (value.array ?? []).enumerated().flatMap { index, entry in
                try violations(entry, argument, at: "\(path).\(index)")
            }
        case "required":
            let absent = (argument.array ?? []).compactMap(\.string).filter { value.members != nil && value[$0] == nil }
            return absent.map { "\(path): \($0) is missing" }
        case "additionalProperties":
            let known = schema["properties"]
            let strangers = (value.members ?? []).filter { argument == .bool(false) && known?[$0.name] == nil }
            return strangers.map { "\(path): \($0.name) is unknown" }
        default: return try holds(value, keyword, argument) ? [] : ["\(path): \(value.text) is against \(keyword)"]
        }
    }

    private static func holds(_ value: JSON, _ keyword: String, _ argument: JSON) throws -> Bool {
        switch keyword {
        case "type": (argument.array ?? [argument]).contains { isOf(type: $0.string, value) }
        case "enum": argument.array?.contains(value) == true
        case "const": argument == value
        case "minLength": try value.string.map { try $0.unicodeScalars.count >= number(argument) } ?? true
        case "maxLength": try value.string.map { try $0.unicodeScalars.count <= number(argument) } ?? true
        case "minProperties": try value.members.map { try $0.count >= number(argument) } ?? true
        case "pattern":
            try value.string.map { text in
                try text.contains(Regex(required(argument.string, "pattern is not a string")))
            } ?? true
        case "format" where argument == .string("date-time"): value.string.map { Timestamp($0) != nil } ?? true
        default: throw Missing("the keyword \(keyword) is not one that is checked")
        }
    }

    private static func number(_ argument: JSON) throws -> Int {
        try required(argument.integer, "\(argument.text) is not a number")
    }

    private static func isOf(type: String?, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
        case ("integer", .number): value.integer != nil
        default: false
        }
    }
}
