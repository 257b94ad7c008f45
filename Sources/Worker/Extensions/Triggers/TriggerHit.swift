import Domain

/// A trigger that something has set off.
struct TriggerHit: Sendable {
    let install: ActiveInstall
    let trigger: ExtensionTrigger
    /// As in `HandlerContext`.
    var match: [String?] = []
    var arguments: [String] = []
    /// Only the handler's own engine can tell whether it is one.
    var untried: ExtensionTrigger.Pattern?

    init(_ install: ActiveInstall, _ trigger: ExtensionTrigger) {
        (self.install, self.trigger) = (install, trigger)
    }
}
