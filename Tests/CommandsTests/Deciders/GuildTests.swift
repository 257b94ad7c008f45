import Commands
import Domain
import Testing

@Suite("A Discord guild")
struct GuildTests {
    private static let one = AccountID(stored: "acct_1"), other = AccountID(stored: "acct_2")
    private static let mapped = Guild.Event.mapped(account: one, name: "Lounge")

    @Test func `is mapped once, and again when its name is another one`() {
        given(Guild.self).when(.map(Self.one, name: "Lounge")).then(Self.mapped)
        let guild = given(Guild.self, Self.mapped)
        guild.when(.map(Self.one, name: "Lounge")).then()
        guild.when(.map(Self.one, name: "Hall")).then(.mapped(account: Self.one, name: "Hall"))
    }

    @Test func `is not given to another account before it is taken from the first`() {
        given(Guild.self, Self.mapped).when(.map(Self.other, name: "Lounge")).thenRefused(.guildMapped)
        given(Guild.self, Self.mapped, .unmapped).when(.map(Self.other, name: "Lounge"))
            .then(.mapped(account: Self.other, name: "Lounge"))
    }

    @Test func `is taken from its account by an operator or the account itself, and by nobody else`() {
        let guild = given(Guild.self, Self.mapped)
        guild.when(.unmap(of: nil)).then(.unmapped)
        guild.when(.unmap(of: Self.one)).then(.unmapped)
        guild.when(.unmap(of: Self.other)).thenRefused(.guildNotFound)
        for account in [nil, Self.one] {
            given(Guild.self).when(.unmap(of: account)).then()
            given(Guild.self, Self.mapped, .unmapped).when(.unmap(of: account)).then()
        }
    }
}
