import Commands
import Domain
import Testing

@Suite("A provider")
struct ProviderTests {
    private static func off(_ flag: Provider.Flag) -> Provider.Event {
        .switched(flag: flag, enabled: false, reason: "r", ticket: nil)
    }

    private static func on(_ flag: Provider.Flag) -> Provider.Event {
        .switched(flag: flag, enabled: true, reason: "r", ticket: nil)
    }

    private func switching(_ switches: Provider.Switch...) -> Provider.Command {
        .switchFlags(switches, reason: "r", ticket: nil)
    }

    @Test func `has everything on until somebody switches it`() {
        for flag in Provider.Flag.allCases { #expect(given(Provider.self).state.isOn(flag)) }
        given(Provider.self).when(switching(.init(.platform, true), .init(.bot, true))).then()
    }

    @Test(arguments: Provider.Flag.allCases)
    func `switches one flag and no other, and does nothing the second time`(flag: Provider.Flag) {
        given(Provider.self).when(switching(.init(flag, false))).then(Self.off(flag))
        let off = given(Provider.self, Self.off(flag))
        #expect(Provider.Flag.allCases.filter { !off.state.isOn($0) } == [flag])
        off.when(switching(.init(flag, false))).then()
        off.when(switching(.init(flag, true))).then(Self.on(flag))
    }

    @Test func `tells an event for each flag that changes, and none for the others`() {
        given(Provider.self, Self.off(.login))
            .when(
                .switchFlags(
                    [.init(.login, false), .init(.channel, false), .init(.bot, false)], reason: "why", ticket: "T-1")
            )
            .then(
                .switched(flag: .channel, enabled: false, reason: "why", ticket: "T-1"),
                .switched(flag: .bot, enabled: false, reason: "why", ticket: "T-1"))
    }

    @Test(arguments: [Provider.Flag.login, .channel, .bot], [true, false])
    func `refuses to flip a flag while the platform is off`(flag: Provider.Flag, enabled: Bool) {
        var events = [Self.off(.platform)]
        if enabled { events.insert(Self.off(flag), at: 0) }
        let provider = Given<Provider>(events: events)
        provider.when(switching(.init(flag, enabled))).thenRefused(.providerDisabled)
        provider.when(switching(.init(.platform, false), .init(flag, enabled))).thenRefused(.providerDisabled)
        provider.when(switching(.init(flag, !enabled))).then()
    }

    @Test func `flips a flag together with the platform, in either order`() {
        let provider = given(Provider.self, Self.off(.platform))
        provider.when(switching(.init(.platform, true), .init(.bot, false))).then(Self.on(.platform), Self.off(.bot))
        provider.when(switching(.init(.bot, false), .init(.platform, true))).then(Self.off(.bot), Self.on(.platform))
        given(Provider.self).when(switching(.init(.platform, false), .init(.bot, false)))
            .then(Self.off(.platform), Self.off(.bot))
    }

    @Test func `keeps its three flags when the platform goes off and on`() {
        let state = given(Provider.self, Self.off(.login), Self.off(.platform), Self.on(.platform)).state
        #expect(!state.isOn(.login) && state.isOn(.channel) && state.isOn(.bot))
    }

    @Test func `links one bot identity`() {
        let first = Provider.BotIdentity(username: "lumio", userID: "1")
        let other = Provider.BotIdentity(username: "lumio", userID: "2")
        given(Provider.self).when(.linkBotIdentity(first)).then(.botIdentityLinked(first))
        given(Provider.self, .botIdentityLinked(first)).when(.linkBotIdentity(first)).then()
        given(Provider.self, .botIdentityLinked(first)).when(.linkBotIdentity(other)).then(.botIdentityLinked(other))
        given(Provider.self).when(.unlinkBotIdentity).then()
        given(Provider.self, .botIdentityLinked(first)).when(.unlinkBotIdentity).then(.botIdentityUnlinked)
        given(Provider.self, .botIdentityLinked(first), .botIdentityUnlinked).when(.unlinkBotIdentity).then()
    }

    @Test func `links an identity while the platform is off`() {
        let identity = Provider.BotIdentity(username: "lumio", userID: "1")
        given(Provider.self, Self.off(.platform)).when(.linkBotIdentity(identity)).then(.botIdentityLinked(identity))
    }
}
