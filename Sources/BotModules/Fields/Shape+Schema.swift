import Domain

extension Shape {
    /// The keywords of JSON Schema (draft 2020-12) that say the same as the validation, as far as they can.
    ///
    /// - Parameter orNull: an optional member may be null, which says the same as leaving it out.
    func schema(orNull: Bool = false) -> [JSON.Member] {
        [JSON.Member("type", type(orNull: orNull))] + constraints(orNull: orNull)
    }

    private func type(orNull: Bool) -> JSON {
        let type = JSON.string(typeName)
        return orNull ? .array([type, .string("null")]) : type
    }

    private var typeName: String {
        switch self {
        case .choice, .text: "string"
        case .integer: "integer"
        case .flag: "boolean"
        case .list: "array"
        case .object: "object"
        }
    }

    private func constraints(orNull: Bool) -> [JSON.Member] {
        switch self {
        case .choice(let names): [JSON.Member("enum", .array(names.map(JSON.string) + (orNull ? [.null] : [])))]
        case .integer(let range):
            [
                JSON.Member("minimum", .integer(range.lowerBound)),
                JSON.Member("maximum", .integer(range.upperBound)),
            ]
        case .flag: []
        case .text(let lengthMax, let rule): rule.schema + [JSON.Member("maxLength", .integer(lengthMax))]
        case .list(let entry, let countMax):
            [JSON.Member("items", .object(entry.schema())), JSON.Member("maxItems", .integer(countMax))]
        case .object(let fields): Self.members(of: fields)
        }
    }

    private static func members(of fields: [Field]) -> [JSON.Member] {
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        return [JSON.Member("properties", .object(fields.map { JSON.Member($0.name, .object($0.schema)) }))]
            + (required.isEmpty ? [] : [JSON.Member("required", .array(required))])
            + [JSON.Member("additionalProperties", .bool(false))]
    }
}

extension Shape.TextRule {
    fileprivate var schema: [JSON.Member] {
        switch self {
        case .anything: []
        case .notBlank, .domain: [JSON.Member("pattern", .string("\\S"))]
        case .word: [JSON.Member("pattern", .string("[^\\s*]"))]
        case .pattern: [JSON.Member("minLength", .integer(1))]
        }
    }
}

extension Field {
    fileprivate var schema: [JSON.Member] {
        [JSON.Member("description", .string(description))] + shape.schema(orNull: !isRequired)
            + (fallback.map { [JSON.Member("default", $0)] } ?? [])
    }
}
