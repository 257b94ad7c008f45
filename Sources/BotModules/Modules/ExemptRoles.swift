import Domain

/// Whose messages a module does not look at.
package struct ExemptRoles: Equatable, Sendable {
    package let moderators: Bool
    package let vips: Bool
    package let subscribers: Bool

    init(_ json: JSON) {
        moderators = json[Self.moderators]
        vips = json[Self.vips]
        subscribers = json[Self.subscribers]
    }

    static let fields = [moderators.field, vips.field, subscribers.field]

    private static let moderators = Setting.flag(
        "moderators", default: false, "Whether moderators are exempt, lead moderators included.")
    private static let vips = Setting.flag(
        "vips", default: false, "Whether VIPs are exempt.")
    private static let subscribers = Setting.flag(
        "subscribers", default: false, "Whether subscribers are exempt, founders included.")
}
