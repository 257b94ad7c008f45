import Domain

/// What follows for an account from a manifest and from what the account says: found to be right, and complete.
package struct Setup: Equatable, Sendable {
    /// As given, and with the defaults filled in.
    package let config: JSON, settings: JSON
    /// As given, but for what restores; and the triggers with them counted in.
    package let overrides: JSON, triggers: [ExtensionTrigger]

    /// Throws all failures of both.
    package init(_ manifest: Manifest, config: JSON, overrides: JSON) throws(ValidationFailed) {
        var failures: [Failure] = []
        var settings = JSON.emptyObject, triggers: [ExtensionTrigger] = []
        do throws(ValidationFailed) {
            settings = try manifest.schema.settings(from: config)
        } catch {
            failures += error.failures
        }
        do throws(ValidationFailed) {
            triggers = try TriggerOverrides.resolve(manifest.triggers, with: overrides)
        } catch {
            failures += error.failures
        }
        guard failures.isEmpty else { throw ValidationFailed(failures) }
        (self.config, self.settings, self.triggers) = (config, settings, triggers)
        self.overrides = TriggerOverrides.kept(overrides)
    }
}
