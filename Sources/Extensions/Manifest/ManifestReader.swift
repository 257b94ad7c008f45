import Domain

/// Reads the members of a manifest one by one, and gathers what is wrong with them.
struct ManifestReader {
    var object: ObjectReader

    init(_ json: JSON, path: String) {
        object = ObjectReader(json, path: path)
    }

    mutating func id() -> ExtensionID? {
        let text = object.string("extensionId", lengthMax: 100)
        var id: ExtensionID?
        if let text {
            id = ExtensionID(rawValue: text)
            if id == nil { object.fail("extensionId", "not_allowed", ExtensionID.rule) }
        }
        return object.require("extensionId", id)
    }

    mutating func name() -> String? {
        let name = object.string("name", lengthMin: 1, lengthMax: Extension.nameLengthMax)
        if let name, !name.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) {
            object.fail("name", "blank", "must hold at least one visible character")
        }
        return object.require("name", name)
    }

    mutating func version() -> SemanticVersion? {
        let text = object.string("version", lengthMax: SemanticVersion.lengthMax)
        let version = text.flatMap { SemanticVersion($0) }
        if text != nil, version == nil { object.fail("version", "not_allowed", SemanticVersion.rule) }
        return object.require("version", version)
    }

    mutating func main() -> String? {
        let main = object.string("main", lengthMax: BundlePath.lengthMax)
        if let main, let objection = BundlePath.objection(to: main) {
            object.fail("main", "not_allowed", objection)
        } else if let main, !BundlePath.isModule(main) {
            object.fail("main", "not_allowed", "must be a JavaScript module: name it main.js or main.mjs")
        }
        return object.require("main", main)
    }

    mutating func visibility() -> Extension.Visibility {
        object.choice("visibility", of: Extension.Visibility.self) ?? .private
    }

    mutating func checkCategory() {
        let category = object.string("category", lengthMax: 100)
        if let category, category != Manifest.category {
            object.fail("category", "not_allowed", "must be \"\(Manifest.category)\": nothing else runs here")
        }
        _ = object.require("category", category)
    }

    mutating func permissions() -> [ExtensionPermission] {
        var permissions: [ExtensionPermission] = []
        for (index, entry) in (object.array("permissions", countMax: 50) ?? []).enumerated() {
            let place = "permissions.\(index)"
            guard let name = entry.string else {
                object.fail(place, "wrong_type", "must be a string, not \(entry.kindName)")
                continue
            }
            guard let permission = ExtensionPermission(rawValue: name) else {
                let names = ExtensionPermission.allCases.map(\.rawValue)
                object.fail(place, "not_allowed", NotAllowed.message(name, among: names))
                continue
            }
            if permissions.contains(permission) {
                object.fail(place, "duplicate", "is asked for already: leave it out")
            } else {
                permissions.append(permission)
            }
        }
        return permissions
    }

    mutating func triggers() -> [ManifestTrigger] {
        var triggers: [ManifestTrigger] = []
        for (index, entry) in (object.array("triggers", countMax: ManifestTrigger.countMax) ?? []).enumerated() {
            let path = object.place("triggers.\(index)")
            do throws(ValidationFailed) {
                let trigger = try ManifestTrigger(entry, path: path)
                object.add(Self.clashes(of: trigger, with: triggers, at: path))
                triggers.append(trigger)
            } catch {
                object.add(error.failures)
            }
        }
        if object.value("triggers")?.array?.isEmpty ?? false {
            object.fail("triggers", "required", "holds nothing: an extension without a trigger is never called")
        }
        _ = object.require("triggers", object.value("triggers"))
        return triggers
    }

    private static func clashes(
        of trigger: ManifestTrigger, with others: [ManifestTrigger], at path: String
    ) -> [Failure] {
        if others.contains(where: { $0.id == trigger.id }) {
            return [
                Failure(path: "\(path).id", code: "duplicate", message: "is the id of another trigger: choose another")
            ]
        }
        guard case .command(let prefix, let name, _) = trigger.standard.condition else { return [] }
        let isTaken = others.contains { other in
            guard case .command(prefix, name, _) = other.standard.condition else { return false }
            return true
        }
        let message = "is the command of another trigger: choose another name"
        return isTaken ? [Failure(path: "\(path).default.command", code: "duplicate", message: message)] : []
    }

    mutating func schema() -> ConfigSchema {
        guard let json = object.object("config_schema") else { return ConfigSchema(settings: []) }
        do throws(ValidationFailed) {
            return try ConfigSchema(json, path: object.place("config_schema"))
        } catch {
            object.add(error.failures)
            return ConfigSchema(settings: [])
        }
    }

    mutating func exemptRoles() -> ExemptRoleSet {
        guard let json = object.value("exempt_roles") else { return .none }
        do throws(ValidationFailed) {
            return try ExemptRoleSet(json, path: object.place("exempt_roles"))
        } catch {
            object.add(error.failures)
            return .none
        }
    }

    /// What Lumio's other categories of extensions have: taken, and of no meaning here.
    mutating func passOver() {
        for name in ["$schema", "targets", "server", "author", "license", "homepage"] { _ = object.value(name) }
    }
}
