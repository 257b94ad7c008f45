import Domain

/// How long a call may take in all. Chat does not wait for it, and other accounts never do.
package enum HandlerLimits {
    package static let moderate = Duration.milliseconds(250)
    package static let ordinary = Duration.milliseconds(500)
    /// Of one that waits for others' servers.
    package static let network = Duration.seconds(35)

    static func wall(of hit: TriggerHit) -> Duration {
        if hit.install.document.granted.contains(.network) { return network }
        return hit.trigger.kind == .moderate ? moderate : ordinary
    }
}
