import Commands
import Domain
import Testing

@Suite("An install")
struct ExtensionInstallTests {
    private let installed = ExtensionInstall.Event.installed(.one, Store.id, Store.terms(), exemptRoles: [])
    private let noon = Timestamp.seconds(1)

    private func install(_ consent: [ExtensionPermission], roles: [String] = []) -> ExtensionInstall.Command {
        .install(.one, Store.id, Store.terms(), exemptRoles: roles, consent: consent)
    }

    @Test func `needs consent to exactly what is asked`() {
        given(ExtensionInstall.self).when(install([.chatSend])).then(installed)
        given(ExtensionInstall.self).when(install([])).thenRefused(.consentRequired)
        given(ExtensionInstall.self).when(install([.chatSend, .chatBan])).thenRefused(.consentRequired)
    }

    @Test func `is there once`() {
        given(ExtensionInstall.self, installed).when(install([.chatSend])).then()
        given(ExtensionInstall.self, installed).when(install([.chatSend], roles: ["vip"])).thenRefused(.alreadyExists)
        given(ExtensionInstall.self, installed).when(.uninstall).then(.uninstalled)
        given(ExtensionInstall.self, installed, .uninstalled).when(.uninstall).then()
        given(ExtensionInstall.self, installed, .uninstalled).when(install([.chatSend])).then(installed)
        given(ExtensionInstall.self, installed, .uninstalled).when(.enable).thenRefused(.installNotFound)
        given(ExtensionInstall.self).when(.kill(reason: nil)).thenRefused(.installNotFound)
    }

    @Test func `is killed, keeps its settings, and lives again when it is switched on`() {
        let configured = ExtensionInstall.Event.configured(Store.setup(7))
        let killed = ExtensionInstall.Event.killed(reason: "spam")
        given(ExtensionInstall.self, installed, configured).when(.kill(reason: "spam")).then(killed)
        given(ExtensionInstall.self, installed, configured, killed).when(.kill(reason: "again")).then()
        given(ExtensionInstall.self, installed, configured, killed).when(.configure(Store.setup(7))).then()
        given(ExtensionInstall.self, installed, killed).when(.enable).then(.enabled)
        given(ExtensionInstall.self, installed, killed, .enabled).when(.enable).then()
        given(ExtensionInstall.self, installed, .disabled).when(.kill(reason: nil)).then(.killed(reason: nil))
        given(ExtensionInstall.self, installed).when(.disable).then(.disabled)
        given(ExtensionInstall.self, installed, .disabled).when(.disable).then()
        given(ExtensionInstall.self, installed).when(.enable).then()
    }

    @Test func `is changed only by something else`() {
        let overrides = JSONText(["rank": ["prefix": "?"]])
        let triggers = [ExtensionTrigger(id: "rank", .command(prefix: "?", name: "rank", cooldownSeconds: 0))]
        let command = ExtensionInstall.Command.overrideTriggers(overrides: overrides, triggers: triggers)
        let event = ExtensionInstall.Event.triggersOverridden(overrides: overrides, triggers: triggers)
        given(ExtensionInstall.self, installed).when(command).then(event)
        given(ExtensionInstall.self, installed, event).when(command).then()
        given(ExtensionInstall.self, installed).when(.setExemptRoles(["vip"])).then(.exemptRolesSet(["vip"]))
        given(ExtensionInstall.self, installed, .exemptRolesSet(["vip"])).when(.setExemptRoles(["vip"])).then()
    }

    @Test func `goes to a version that asks for more only with consent`() {
        let same = Store.terms("1.1.0"), more = Store.terms("2.0.0", [.chatSend, .chatBan])
        let farther = Store.terms("1.1.0", hosts: ["a.com"])
        given(ExtensionInstall.self, installed).when(.upgrade(same, consent: nil)).then(.upgraded(same))
        given(ExtensionInstall.self, installed).when(.upgrade(Store.terms(), consent: nil)).then()
        given(ExtensionInstall.self, installed).when(.upgrade(more, consent: nil)).thenRefused(.consentRequired)
        given(ExtensionInstall.self, installed).when(.upgrade(more, consent: [.chatSend])).thenRefused(.consentRequired)
        given(ExtensionInstall.self, installed).when(.upgrade(more, consent: [.chatBan, .chatSend])).then(
            .upgraded(more))
        given(ExtensionInstall.self, installed).when(.upgrade(farther, consent: nil)).thenRefused(.consentRequired)
        given(ExtensionInstall.self, installed, .upgraded(more)).when(.upgrade(Store.terms(), consent: nil)).then(
            .upgraded(Store.terms()))
    }

    @Test func `is held once for one reason`() {
        let held = ExtensionInstall.Event.upgradeHeld(version: "2.0.0", reason: "points")
        given(ExtensionInstall.self, installed).when(.hold(version: "2.0.0", reason: "points")).then(held)
        given(ExtensionInstall.self, installed, held).when(.hold(version: "2.0.0", reason: "points")).then()
        given(ExtensionInstall.self, installed, held).when(.hold(version: "2.0.0", reason: "more")).then(
            .upgradeHeld(version: "2.0.0", reason: "more"))
    }

    @Test func `trips and recovers, once each`() {
        let tripped = ExtensionInstall.Event.tripped(reason: "timeout", at: noon)
        given(ExtensionInstall.self, installed).when(.trip(reason: "timeout", at: noon)).then(tripped)
        given(ExtensionInstall.self, installed, tripped).when(.trip(reason: "other", at: noon)).then()
        given(ExtensionInstall.self, installed).when(.recover(at: noon)).then()
        given(ExtensionInstall.self, installed, tripped).when(.recover(at: noon)).then(.recovered(at: noon))
        let upgraded = ExtensionInstall.Event.upgraded(Store.terms("1.1.0"))
        given(ExtensionInstall.self, installed, tripped, upgraded).when(.recover(at: noon)).then()
    }
}
