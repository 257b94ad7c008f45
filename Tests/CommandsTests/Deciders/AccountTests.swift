import Commands
import Domain
import Testing

@Suite("An account")
struct AccountTests {
    private let registered = Account.Event.registered(name: "One", plan: .free, customBotAllowed: nil)

    @Test func `is registered once`() {
        let command = Account.Command.register(name: "One", plan: .free, customBotAllowed: nil)
        given(Account.self).when(command).then(registered)
        given(Account.self, registered).when(command).then()
    }

    @Test(arguments: [
        Account.Command.register(name: "Two", plan: .free, customBotAllowed: nil),
        .register(name: "One", plan: .pro, customBotAllowed: nil),
        .register(name: "One", plan: .free, customBotAllowed: false),
    ])
    func `is not registered again with other values`(command: Account.Command) {
        given(Account.self, registered).when(command).thenRefused(.alreadyExists)
    }

    @Test func `is compared as it is now, not as it was registered`() {
        let renamed = given(Account.self, registered, .renamed(name: "Two"))
        renamed.when(.register(name: "Two", plan: .free, customBotAllowed: nil)).then()
        renamed.when(.register(name: "One", plan: .free, customBotAllowed: nil)).thenRefused(.alreadyExists)
    }

    @Test func `cannot be changed before it exists`() {
        given(Account.self).when(.change(name: "One", plan: nil, customBotAllowed: nil)).thenRefused(.accountNotFound)
        given(Account.self).when(.change(name: nil, plan: nil, customBotAllowed: nil)).thenRefused(.accountNotFound)
    }

    @Test func `changes only what is named and different`() {
        let account = given(Account.self, registered)
        account.when(.change(name: nil, plan: nil, customBotAllowed: nil)).then()
        account.when(.change(name: "One", plan: .free, customBotAllowed: .plan)).then()
        account.when(.change(name: "Two", plan: .free, customBotAllowed: nil)).then(.renamed(name: "Two"))
        account.when(.change(name: nil, plan: .pro, customBotAllowed: nil)).then(.planChanged(plan: .pro))
        account.when(.change(name: "Two", plan: .pro, customBotAllowed: .own(true)))
            .then(.renamed(name: "Two"), .planChanged(plan: .pro), .limitsOverridden(customBotAllowed: true))
    }

    @Test func `tells its own limit apart from the plan's, even when both say the same`() {
        let account = given(Account.self, registered)
        account.when(.change(name: nil, plan: nil, customBotAllowed: .own(false)))
            .then(.limitsOverridden(customBotAllowed: false))
        given(Account.self, registered, .limitsOverridden(customBotAllowed: false))
            .when(.change(name: nil, plan: nil, customBotAllowed: .plan)).then(.limitsOverridden(customBotAllowed: nil))
    }

    @Test(
        arguments: [
            (Plan.free, nil, false), (.pro, nil, true), (.enterprise, nil, true), (.free, true, true),
            (.pro, false, false), (.enterprise, false, false),
        ] as [(Plan, Bool?, Bool)])
    func `may use bot modules by its own limit, else by its plan`(plan: Plan, own: Bool?, allowed: Bool) {
        let state = given(Account.self, .registered(name: "One", plan: plan, customBotAllowed: own)).state
        #expect(state?.customBotAllowed == allowed)
    }

    @Test func `forgets its own limit when the plan's is to hold again`() {
        let state = given(
            Account.self, .registered(name: "One", plan: .free, customBotAllowed: true),
            .limitsOverridden(customBotAllowed: nil)
        ).state
        #expect(state?.customBotAllowed == false)
    }
}
