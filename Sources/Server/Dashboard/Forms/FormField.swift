import Domain

/// One field of a form that is made of a description: of a module's settings, or of an extension's.
struct FormField: Sendable {
    indirect enum Kind: Sendable {
        case line(lengthMax: Int?), area(lengthMax: Int?)
        case number(isWhole: Bool, min: String?, max: String?)
        case flag
        case choice([String]), choices([String])
        /// A list of texts, one a line.
        case lines
        case color, url
        /// A list of objects.
        case rows([FormField])
    }

    /// Of the member in the settings.
    let name: String
    let label: String, help: String?
    let kind: Kind
    let isRequired: Bool
    /// What counts when nothing is said.
    let fallback: JSON?

    /// `timeout_duration` → `Timeout duration`.
    static func label(of name: String) -> String {
        let words = name.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension FormField {
    /// The fields of a module's settings, from their JSON Schema.
    static func fields(schema: JSON) -> [FormField] {
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        return (schema["properties"]?.members ?? []).map { member in
            FormField(
                name: member.name, label: label(of: member.name), help: member.value["description"]?.string,
                kind: kind(of: member.value), isRequired: required.contains(member.name),
                fallback: member.value["default"])
        }
    }

    private static func kind(of schema: JSON) -> Kind {
        let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
        if let options = schema["enum"]?.array { return .choice(options.compactMap(\.string)) }
        switch types.first {
        case "integer": return .number(isWhole: true, min: schema["minimum"]?.text, max: schema["maximum"]?.text)
        case "boolean": return .flag
        case "array" where schema["items"]?["properties"] != nil: return .rows(fields(schema: schema["items"] ?? .null))
        case "array":
            guard let options = schema["items"]?["enum"]?.array else { return .lines }
            return .choices(options.compactMap(\.string))
        default: return .line(lengthMax: schema["maxLength"]?.integer)
        }
    }

    /// The fields of an extension's settings, from its manifest's `config_schema`.
    static func fields(configSchema: JSON) -> [FormField] {
        (configSchema.members ?? []).map { member in
            let spec = member.value
            return FormField(
                name: member.name, label: spec["label"]?.string ?? label(of: member.name),
                help: spec["description"]?.string, kind: settingKind(of: spec),
                isRequired: spec["required"]?.bool ?? false, fallback: spec["default"])
        }
    }

    private static func settingKind(of spec: JSON) -> Kind {
        let options = (spec["options"]?.array ?? []).compactMap(\.string), lengthMax = spec["max_length"]?.integer
        return switch spec["type"]?.string {
        case "text": .area(lengthMax: lengthMax)
        case "number": .number(isWhole: false, min: spec["min"]?.text, max: spec["max"]?.text)
        case "integer": .number(isWhole: true, min: spec["min"]?.text, max: spec["max"]?.text)
        case "boolean": .flag
        case "select": .choice(options)
        case "multi_select": .choices(options)
        case "string_list": .lines
        case "color": .color
        case "url": .url
        default: .line(lengthMax: lengthMax)
        }
    }
}
