import Domain

extension Collection<FormField> {
    /// The fields as a template shows them, with what is set and what is wrong.
    ///
    /// - Parameters:
    ///   - prefix: of the fields' names and of the failures' paths, `config.`.
    ///   - errors: by path.
    func view(_ values: JSON, prefix: String, _ errors: FieldErrors?) -> [View] {
        map { $0.view(values[$0.name], prefix + $0.name, errors) }
    }

    /// The names under which failures are shown at a field.
    func names(prefix: String) -> [String] { map { prefix + $0.name } }
}

extension FormField {
    private static let parts = [
        "line", "area", "number", "flag", "choice", "choices", "rows", "default", "error",
    ]
    /// Rows that are offered besides those that are there.
    private static let spareRows = 2

    fileprivate func view(_ value: JSON?, _ name: String, _ errors: FieldErrors?) -> View {
        // A member that is not there would be looked for in the field around this one.
        var view: View = Dictionary(uniqueKeysWithValues: Self.parts.map { ($0, false) })
        view.merge(["name": name, "id": name.replacing(".", with: "-"), "label": label, "required": isRequired]) { $1 }
        view["help"] = help ?? ""
        if let fallback, fallback.saysSomething { view["default"] = fallback.plain }
        if let message = errors?.message(at: name) { view["error"] = message }
        let value = value == .null ? nil : value
        switch kind {
        case .line(let lengthMax): view["line"] = Self.input(value, "text", lengthMax)
        case .url: view["line"] = Self.input(value, "url", nil)
        case .color: view["line"] = Self.input(value, "text", 7)
        case .area(let lengthMax): view["area"] = Self.input(value, "", lengthMax)
        case .lines: view["area"] = Self.input(.string(Self.lines(of: value)), "", nil)
        case .number(let isWhole, let min, let max): view["number"] = Self.number(value, isWhole, min, max)
        case .flag: view["flag"] = ["on": value?.bool ?? fallback?.bool ?? false] as View
        case .choice(let options): view["choice"] = choice(options, value)
        case .choices(let options): view["choices"] = choices(options, value)
        case .rows(let fields): view["rows"] = ["entries": Self.rows(fields, value, name, errors)] as View
        }
        return view
    }

    private static func lines(of value: JSON?) -> String {
        (value?.array ?? []).map(\.plain).joined(separator: "\n")
    }

    private static func input(_ value: JSON?, _ type: String, _ lengthMax: Int?) -> View {
        ["value": value?.plain ?? "", "type": type, "length_max": lengthMax ?? false as Any]
    }

    private static func number(_ value: JSON?, _ isWhole: Bool, _ min: String?, _ max: String?) -> View {
        [
            "value": value?.plain ?? "", "step": isWhole ? "1" : "any", "min": min ?? false as Any,
            "max": max ?? false as Any,
        ]
    }

    private func choice(_ options: [String], _ value: JSON?) -> View {
        var options = options.map { ["value": $0, "label": $0, "chosen": $0 == value?.plain] as View }
        if !isRequired {
            let standard = fallback.map { " (\($0.plain))" } ?? ""
            options.insert(["value": "", "label": "Default\(standard)", "chosen": value == nil], at: 0)
        }
        return ["options": options]
    }

    private func choices(_ options: [String], _ value: JSON?) -> View {
        let chosen = (value ?? fallback)?.array?.compactMap(\.string) ?? []
        return ["options": options.map { ["value": $0, "label": $0, "chosen": chosen.contains($0)] as View }]
    }

    private static func rows(_ fields: [FormField], _ value: JSON?, _ name: String, _ errors: FieldErrors?) -> [View] {
        let entries = value?.array ?? []
        return (0..<entries.count + spareRows).map { index in
            let values = index < entries.count ? entries[index] : .emptyObject
            // What a row must have is asked of a row in which something is said.
            let fields = fields.map { $0.optional(index >= entries.count) }
            return ["number": index + 1, "fields": fields.view(values, prefix: "\(name).\(index).", errors)]
        }
    }

    private func optional(_ isOptional: Bool) -> FormField {
        FormField(
            name: name, label: label, help: nil, kind: kind, isRequired: isRequired && !isOptional, fallback: fallback)
    }
}

extension JSON {
    /// As one writes it into a field.
    var plain: String {
        switch self {
        case .string(let text): text
        case .array(let values): values.map(\.plain).joined(separator: ", ")
        default: text
        }
    }

    fileprivate var saysSomething: Bool {
        switch self {
        case .null: false
        case .string(let text): !text.isEmpty
        case .array(let values): !values.isEmpty
        default: true
        }
    }
}
