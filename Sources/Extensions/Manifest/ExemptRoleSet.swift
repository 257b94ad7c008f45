import Domain

/// Whose lines an extension does not judge; `{moderators, vips, subscribers}`, as for the built-in modules.
package struct ExemptRoleSet: Equatable, Sendable {
    package var moderators = false, vips = false, subscribers = false

    package static let none = ExemptRoleSet()

    package init() {}

    package init(_ json: JSON, path: String = "exempt_roles") throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        moderators = reader.bool("moderators") ?? false
        vips = reader.bool("vips") ?? false
        subscribers = reader.bool("subscribers") ?? false
        try reader.finish()
    }

    /// - Parameter roles: as documents have them; the broadcaster is never judged.
    package init(roles: [String]) {
        moderators = roles.contains("moderator")
        vips = roles.contains("vip")
        subscribers = roles.contains("subscriber")
    }

    /// As events and documents have them.
    package var roles: [String] {
        (moderators ? ["moderator"] : []) + (vips ? ["vip"] : []) + (subscribers ? ["subscriber"] : [])
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("moderators", moderators)
            object.member("vips", vips)
            object.member("subscribers", subscribers)
        }
    }
}
