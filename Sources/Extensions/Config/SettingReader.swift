import Domain

/// Reads the specification of one setting, and gathers what is wrong with it.
struct SettingReader {
    var object: ObjectReader

    private typealias Kind = SettingSpec.Kind
    private static let texts: Set<Kind> = [.string, .text]
    private static let lists: Set<Kind> = [.multiSelect, .stringList]

    init(_ json: JSON, path: String) {
        object = ObjectReader(json, path: path)
    }

    mutating func kind() -> SettingSpec.Kind? {
        let kind = object.choice("type", of: SettingSpec.Kind.self)
        return object.require("type", kind)
    }

    mutating func label() -> String? { object.string("label", lengthMax: SettingSpec.labelLengthMax) }

    mutating func description() -> String? {
        object.string("description", lengthMax: SettingSpec.descriptionLengthMax)
    }

    /// Whether a member means something with this type; if not, it is said.
    private mutating func applies(_ name: String, _ kind: SettingSpec.Kind?, to kinds: Set<SettingSpec.Kind>) -> Bool {
        guard object.value(name) != nil, let kind else { return false }
        if kinds.contains(kind) { return true }
        let names = kinds.map(\.rawValue).sorted().joined(separator: ", ")
        object.fail(name, "not_allowed", "means nothing for the type \(kind.rawValue): it is for \(names)")
        return false
    }

    mutating func numbers(of kind: SettingSpec.Kind?) -> ClosedRange<Double> {
        let kinds: Set<SettingSpec.Kind> = [.number, .integer]
        let low = applies("min", kind, to: kinds) ? number("min") : nil
        let high = applies("max", kind, to: kinds) ? number("max") : nil
        return range("min", "max", low, high, within: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    }

    private mutating func number(_ name: String) -> Double? {
        guard let json = object.value(name) else { return nil }
        guard case .number(let literal) = json, let value = Double(literal), value.isFinite else {
            object.fail(name, "wrong_type", "must be a number, not \(json.kindName)")
            return nil
        }
        return value
    }

    mutating func lengths(of kind: SettingSpec.Kind?) -> ClosedRange<Int> {
        let kinds = Self.texts.union([.stringList])
        let limit = kind == .text ? SettingSpec.textLengthMax : 500
        let low = applies("min_length", kind, to: kinds) ? object.integer("min_length", in: 0...limit) : nil
        let high = applies("max_length", kind, to: kinds) ? object.integer("max_length", in: 1...limit) : nil
        return range("min_length", "max_length", low, high, within: 0...limit)
    }

    mutating func items(of kind: SettingSpec.Kind?) -> ClosedRange<Int> {
        let limit = SettingSpec.entriesMax
        let low = applies("min_items", kind, to: Self.lists) ? object.integer("min_items", in: 0...limit) : nil
        let high = applies("max_items", kind, to: Self.lists) ? object.integer("max_items", in: 1...limit) : nil
        return range("min_items", "max_items", low, high, within: 0...limit)
    }

    private mutating func range<Bound: Comparable>(
        _ lowName: String, _ highName: String, _ low: Bound?, _ high: Bound?, within whole: ClosedRange<Bound>
    ) -> ClosedRange<Bound> {
        let bounds = (low ?? whole.lowerBound, high ?? whole.upperBound)
        guard bounds.0 <= bounds.1 else {
            object.fail(lowName, "out_of_range", "must not be more than \(highName)")
            return whole
        }
        return bounds.0...bounds.1
    }

    mutating func pattern(of kind: SettingSpec.Kind?) -> SettingPattern? {
        guard applies("pattern", kind, to: Self.texts.union([.stringList])),
            let source = object.string("pattern", lengthMin: 1, lengthMax: TriggerReader.patternLengthMax)
        else { return nil }
        if let pattern = SettingPattern(source) { return pattern }
        object.fail(
            "pattern", "invalid_pattern",
            "is no regular expression that can be tried in linear time: no looking around, no back-references")
        return nil
    }

    /// Options are texts, or `{value, label}`.
    mutating func options(of kind: SettingSpec.Kind?) -> [String] {
        let kinds: Set<SettingSpec.Kind> = [.select, .multiSelect]
        guard applies("options", kind, to: kinds) else {
            if let kind, kinds.contains(kind) { _ = object.require("options", object.value("options")) }
            return []
        }
        var values: [String] = []
        let entries = object.array("options", countMax: SettingSpec.optionsMax)
        for (index, entry) in (entries ?? []).enumerated() {
            guard let value = option(entry, at: "options.\(index)") else { continue }
            if values.contains(value) {
                object.fail("options.\(index)", "duplicate", "is there already: leave it out")
            } else {
                values.append(value)
            }
        }
        if entries?.isEmpty ?? false { object.fail("options", "required", "must hold at least one option") }
        return values
    }

    private mutating func option(_ entry: JSON, at name: String) -> String? {
        var entry = entry
        if entry.members != nil {
            var reader = ObjectReader(entry, path: object.place(name))
            let value = reader.string("value", lengthMin: 1, lengthMax: SettingSpec.optionLengthMax)
            _ = reader.string("label", lengthMax: SettingSpec.labelLengthMax)
            _ = reader.require("value", value)
            reader.refuseUnknown()
            object.add(reader.failures)
            guard reader.failures.isEmpty, let value else { return nil }
            entry = .string(value)
        }
        guard let text = entry.string, (1...SettingSpec.optionLengthMax).contains(text.unicodeScalars.count) else {
            object.fail(
                name, "wrong_type",
                "must be a text of 1 to \(SettingSpec.optionLengthMax) characters, or {value, label}")
            return nil
        }
        return text
    }
}
