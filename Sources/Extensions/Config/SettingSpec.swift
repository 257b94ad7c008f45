import Domain
import Text

/// One setting of an extension: what its value must look like.
package struct SettingSpec: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// One line, and several.
        case string, text
        case number, integer, boolean
        case select
        case multiSelect = "multi_select"
        case stringList = "string_list"
        /// `#rrggbb`, and an address that begins with `https://` or `http://`.
        case color, url
    }

    static let keyLengthMax = 64, labelLengthMax = 100, descriptionLengthMax = 500
    static let optionsMax = 100, optionLengthMax = 200, entriesMax = 500, textLengthMax = 10_000

    package let key: String, kind: Kind
    package let label: String?, description: String?
    package let isRequired: Bool
    /// The default.
    package let standard: JSON?
    let numbers: ClosedRange<Double>
    /// In Unicode scalars; of a list, those of each entry.
    let lengths: ClosedRange<Int>
    let items: ClosedRange<Int>
    let pattern: SettingPattern?
    let options: [String]

    static func isKey(_ text: String) -> Bool {
        guard (1...keyLengthMax).contains(text.utf8.count), let first = text.utf8.first else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
        return isLetter(first)
            && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }

    init(_ key: String, _ json: JSON, path: String) throws(ValidationFailed) {
        var reader = SettingReader(json, path: path)
        let kind = reader.kind()
        self.key = key
        self.kind = kind ?? .string
        (label, description) = (reader.label(), reader.description())
        isRequired = reader.object.bool("required") ?? false
        numbers = reader.numbers(of: kind)
        lengths = reader.lengths(of: kind)
        items = reader.items(of: kind)
        pattern = reader.pattern(of: kind)
        options = reader.options(of: kind)
        standard = reader.object.value("default")
        if let standard, kind != nil, reader.object.failures.isEmpty {
            reader.object.add(failures(of: standard, at: reader.object.place("default")))
        }
        try reader.object.finish()
    }
}

extension SettingSpec: Equatable {
    package static func == (left: SettingSpec, right: SettingSpec) -> Bool {
        left.key == right.key && left.kind == right.kind && left.isRequired == right.isRequired
            && left.label == right.label && left.description == right.description && left.standard == right.standard
            && left.numbers == right.numbers && left.lengths == right.lengths && left.items == right.items
            && left.pattern?.source == right.pattern?.source && left.options == right.options
    }
}

/// A regular expression that a text must be found by, as JavaScript writes it, in linear time.
struct SettingPattern: Sendable {
    let source: String
    private let compiled: GroupPattern

    /// nil when RE2 cannot say the same.
    init?(_ source: String) {
        guard let translation = ScriptPattern.translation(of: source, flags: ""),
            let compiled = GroupPattern(translation)
        else { return nil }
        (self.source, self.compiled) = (source, compiled)
    }

    func matches(_ text: String) -> Bool { compiled.firstMatch(in: text) != nil }
}
