import Domain

/// A field with its type: read from a config that was let in, it always has a value.
struct Setting<Value: Sendable>: Sendable {
    let field: Field
    let fallback: Value
    let read: @Sendable (JSON) -> Value?

    init(
        _ name: String, _ shape: Shape, default fallback: Value, json: JSON, _ description: String,
        read: @escaping @Sendable (JSON) -> Value?
    ) {
        field = Field(name: name, shape: shape, fallback: json, description: description)
        self.fallback = fallback
        self.read = read
    }
}

extension Setting where Value == Int {
    static func integer(
        _ name: String, in range: ClosedRange<Int>, default fallback: Int, _ description: String
    ) -> Self {
        Self(name, .integer(range), default: fallback, json: .integer(fallback), description) { $0.integer }
    }
}

extension Setting where Value == Bool {
    static func flag(_ name: String, default fallback: Bool, _ description: String) -> Self {
        Self(name, .flag, default: fallback, json: .bool(fallback), description) { $0.bool }
    }
}

extension Setting where Value == String {
    static func text(_ name: String, lengthMax: Int, default fallback: String, _ description: String) -> Self {
        let shape = Shape.text(lengthMax: lengthMax, rule: .anything)
        return Self(name, shape, default: fallback, json: .string(fallback), description) { $0.string }
    }
}

extension Setting where Value: RawRepresentable<String> & CaseIterable {
    static func choice(_ name: String, default fallback: Value, _ description: String) -> Self {
        let shape = Shape.choice(Value.allCases.map(\.rawValue))
        return Self(name, shape, default: fallback, json: .string(fallback.rawValue), description) {
            $0.string.flatMap(Value.init)
        }
    }
}

extension Setting {
    /// An entry that cannot be read is left out; in a config that was let in there is none.
    static func list<Entry>(
        _ name: String, of shape: Shape, countMax: Int, _ description: String,
        read: @escaping @Sendable (JSON) -> Entry?
    ) -> Self where Value == [Entry] {
        let shape = Shape.list(of: shape, countMax: countMax)
        return Self(name, shape, default: [], json: .array([]), description) { $0.array?.compactMap(read) }
    }
}

extension JSON {
    /// The member's value, or the setting's default where it is absent or null.
    subscript<Value>(_ setting: Setting<Value>) -> Value {
        self[setting.field.name].flatMap(setting.read) ?? setting.fallback
    }
}
