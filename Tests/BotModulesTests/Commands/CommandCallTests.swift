import BotModules
import Domain
import Testing

@Suite("A line of chat")
struct CommandCallTests {
    @Test(arguments: [
        "!so", "!SO", "!So ", "!so Ana Live", "!so\tx", "!so\u{A0}x", "!so \u{E0000}", "!so\u{E0000}", "!so\n",
    ])
    func `calls a command by its name, in letters of either case`(text: String) {
        #expect(CommandCall.name(in: text) == CommandName(stored: "so"))
    }

    @Test(arguments: [
        "so", "", "!", "!!so", "! so", " !so", "hey !so", "!so!", "!so.", "!söö", "!so\u{301}", "\u{FF01}so", "!ſo",
        "/so", "!\u{0}so", "!so\u{200B}",
    ])
    func `calls nothing otherwise`(text: String) {
        #expect(CommandCall.name(in: text) == nil)
    }

    @Test func `may call the longest name that there is, and no part of a longer one`() {
        let name = String(repeating: "a", count: CommandName.lengthMax - 2) + "_-"
        #expect(CommandCall.name(in: "!\(name)") == CommandName(stored: name))
        #expect(CommandCall.name(in: "!\(name) x") == CommandName(stored: name))
        #expect(CommandCall.name(in: "!\(name)b") == nil)
    }

    private static let roles: [(ChatRoles, CommandRole)] = [
        (.broadcaster, .broadcaster), ([.broadcaster, .subscriber], .broadcaster), ([.moderator, .vip], .moderator),
        (.vip, .vip), (.subscriber, .subscriber), ([], .everyone), (.bot, .everyone),
    ]

    @Test(arguments: roles)
    func `is its author's, with the highest of all roles`(roles: ChatRoles, role: CommandRole) {
        #expect(CommandRole(roles) == role)
    }
}
