import Domain

/// A trigger as an extension comes with it: `{id, type, default, overridable}`.
package struct ManifestTrigger: Equatable, Sendable {
    package static let countMax = 50
    static let idLengthMax = 64
    /// Whose words an account may choose: what is not said by people cannot be said otherwise.
    package static let overridableKinds: Set<ExtensionTrigger.Kind> = [.command, .keyword, .pattern]

    /// As it fires when the account has not said otherwise.
    package let standard: ExtensionTrigger
    package let isOverridable: Bool

    package var id: String { standard.id }

    init(_ json: JSON, path: String) throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let id = Self.id(&reader)
        let given = reader.choice("type", of: ExtensionTrigger.Kind.self)
        let kind = reader.require("type", given)
        var condition: ExtensionTrigger.Condition?
        // A moderator listens to everything: there is nothing to say about it.
        let members = kind == .moderate ? reader.value("default") ?? .emptyObject : reader.object("default")
        if let kind, let members = reader.require("default", members) {
            var trigger = TriggerReader(members, path: reader.place("default"))
            condition = trigger.condition(of: kind)
            reader.add(trigger.object.failures)
        } else {
            _ = reader.value("default")
        }
        let wanted = reader.bool("overridable")
        if let kind, wanted == true, !Self.overridableKinds.contains(kind) {
            reader.fail("overridable", "not_allowed", "cannot be for a \(kind.rawValue): leave it out")
        }
        try reader.finish()
        guard let id, let kind, let condition else { throw ValidationFailed(reader.failures) }
        standard = ExtensionTrigger(id: id, condition)
        isOverridable = wanted ?? Self.overridableKinds.contains(kind)
    }

    private static func id(_ reader: inout ObjectReader) -> String? {
        let id = reader.string("id", lengthMin: 1, lengthMax: idLengthMax)
        if let id, !id.utf8.allSatisfy(isAllowed) {
            reader.fail("id", "not_allowed", "may hold A-Z a-z 0-9 and _ - : . alone")
        }
        return reader.require("id", id)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
