import Domain
import Hummingbird

/// What stands around every page: who is signed in, where one can go, and the scripts.
enum Layout {
    struct Entry: Sendable {
        let href: String, label: String, permissions: [Permission]

        func isOpen(to caller: Caller) -> Bool { permissions.allSatisfy(caller.holds) }
    }

    static let entries = [
        Entry(href: "/bot-control", label: "Bot Control", permissions: [.adminAccess, .botControlRead]),
        Entry(href: "/providers", label: "Providers", permissions: [.adminAccess, .providersRead]),
        Entry(href: "/discord-guilds", label: "Discord Guilds", permissions: [.adminAccess, .discordGuildsRead]),
        Entry(href: "/global-commands", label: "Global Commands", permissions: [.adminAccess, .globalCommandsRead]),
        Entry(href: "/bot-commands", label: "Bot Commands", permissions: [.botCommandsRead]),
        Entry(href: "/bot-modules", label: "Bot Modules", permissions: [.botModulesRead]),
        Entry(href: "/extensions", label: "Extensions", permissions: [.extensionsRead]),
        Entry(href: "/reviews", label: "Reviews", permissions: [.extensionsReview]),
        Entry(href: "/workers", label: "Workers", permissions: [.adminAccess, .botControlRead]),
        Entry(href: "/moderation-log", label: "Moderation log", permissions: [.botControlRead]),
        Entry(href: "/audit", label: "Audit", permissions: [.auditRead]),
    ]

    /// - Parameters:
    ///   - script: a module of the page's own, without its ending.
    ///   - content: what the page itself is made of.
    static func view(_ visit: Visit, title: String, script: String? = nil, _ content: View = [:]) -> View {
        let path = visit.request.uri.path
        var view = content
        view["title"] = title
        view["notice"] = Notice(visit)?.view
        view["assets"] = Assets.folder
        view["csrf"] = visit.secret.formToken
        view["who"] = visit.caller.actor.display ?? visit.caller.actor.id
        view["who_account"] = visit.caller.account?.rawValue
        view["script"] = script
        view["nav"] = entries.filter { $0.isOpen(to: visit.caller) }.map { entry -> View in
            let isCurrent = path == entry.href || path.hasPrefix(entry.href + "/")
            return ["href": entry.href, "label": entry.label, "current": isCurrent]
        }
        return view
    }

    /// Where somebody begins who has just signed in; nil for who may see nothing.
    static func home(of caller: Caller) -> String? { entries.first { $0.isOpen(to: caller) }?.href }
}
