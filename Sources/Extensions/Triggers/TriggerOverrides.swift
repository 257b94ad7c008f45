import Domain

/// What an account says otherwise of an extension's triggers: trigger id → `{prefix | command | keywords | pattern}`.
package enum TriggerOverrides {
    /// The triggers with the overrides counted in; a null restores what the extension comes with.
    ///
    /// Throws all failures, at `overrides.<id>.…`.
    package static func resolve(
        _ triggers: [ManifestTrigger], with overrides: JSON, path: String = "overrides"
    ) throws(ValidationFailed) -> [ExtensionTrigger] {
        var reader = ObjectReader(overrides, path: path)
        var resolved: [ExtensionTrigger] = []
        for trigger in triggers {
            resolved.append(resolve(trigger, reader.value(trigger.id), &reader))
        }
        try reader.finish()
        if let failure = clash(in: resolved, path) { throw ValidationFailed([failure]) }
        return resolved
    }

    /// Without what restores: as it is kept.
    package static func kept(_ overrides: JSON) -> JSON {
        .object((overrides.members ?? []).filter { $0.value != .null })
    }

    private static func resolve(
        _ trigger: ManifestTrigger, _ json: JSON?, _ reader: inout ObjectReader
    ) -> ExtensionTrigger {
        guard let json else { return trigger.standard }
        guard trigger.isOverridable else {
            let message = "cannot be changed: the extension keeps this trigger as it is"
            reader.fail(trigger.id, "not_overridable", message)
            return trigger.standard
        }
        var override = TriggerReader(json, path: reader.place(trigger.id))
        let condition = override.override(of: trigger.standard)
        reader.add(override.object.failures)
        return condition.map { ExtensionTrigger(id: trigger.id, $0) } ?? trigger.standard
    }

    /// Two triggers of one extension that listen to the same command.
    private static func clash(in triggers: [ExtensionTrigger], _ path: String) -> Failure? {
        var seen: [String: String] = [:]
        for trigger in triggers {
            guard case .command(let prefix, let name, _) = trigger.condition else { continue }
            if let other = seen.updateValue(trigger.id, forKey: prefix + name) {
                let message = "would be the same command as the trigger \(other): choose another"
                return Failure(path: "\(path).\(trigger.id)", code: "duplicate", message: message)
            }
        }
        return nil
    }
}
