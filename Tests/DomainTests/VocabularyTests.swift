import Domain
import Testing

/// Names that are in journals, tokens and clients' code: they never change.
@Suite("The vocabulary")
struct VocabularyTests {
    @Test func `spells the permissions out`() {
        #expect(
            Permission.allCases.map(\.rawValue) == [
                "admin:access", "bot-control:read", "bot-control:edit", "providers:read", "providers:edit",
                "bot-modules:read", "bot-modules:edit", "accounts:read", "accounts:edit", "audit:read",
                "audit:security",
                "webhooks:read", "webhooks:edit",
                "keys:read", "keys:edit", "metrics:read", "projections:read", "projections:edit", "extensions:read",
                "extensions:submit", "extensions:review", "extensions:suspend",
            ])
    }

    @Test func `has the platforms, modules, plans, flags and badges of the product`() {
        #expect(Platform.allCases.map(\.rawValue) == ["twitch", "youtube", "kick", "trovo", "discord"])
        #expect(
            ModuleName.allCases.map(\.rawValue) == [
                "link_protection", "spam_protection", "word_filter", "timed_messages",
            ])
        #expect(Plan.allCases.map(\.rawValue) == ["free", "pro", "enterprise"])
        #expect(Plan.allCases.map(\.customBotAllowed) == [false, true, true])
        #expect(Provider.Flag.allCases.map(\.rawValue) == ["platform", "login", "channel", "bot"])
        #expect(BotStatus.allCases.map(\.rawValue) == ["active", "paused", "no_connection"])
        #expect(
            EffectiveState.allCases.map(\.rawValue) == ["running", "paused", "halted_by_provider", "no_connection"])
        #expect(
            Category.allCases.map(\.rawValue) == [
                "account", "provider", "bot", "bot_module", "extension", "extension_install",
            ])
    }

    @Test func `has a type's category before its dot`() {
        // The log's own stream and erasures are none of the product's entities: nothing is projected from them.
        let categories = Set(Category.allCases.map(\.rawValue)).union([LogKey.category, Erasure.category])
        for type in EventSchemas.types {
            #expect(categories.contains(String(type.prefix(while: { $0 != "." }))), "\(type)")
        }
        #expect(Set(EventSchemas.types).count == 32)
    }

    @Test(arguments: ["a", "acct_1", "A-Z_09", String(repeating: "x", count: 64)])
    func `takes an account id`(text: String) throws {
        #expect(AccountID(rawValue: text)?.description == text)
        #expect(try text.wholeMatch(of: Regex(AccountID.pattern)) != nil)
    }

    @Test(arguments: [
        "", " ", "a b", "a:b", "a.b", "é", "a\n", "../x", "a\u{0}", "Ａ", String(repeating: "x", count: 65),
    ])
    func `refuses what is no account id`(text: String) throws {
        #expect(AccountID(rawValue: text) == nil)
        #expect(try text.wholeMatch(of: Regex(AccountID.pattern)) == nil)
    }

    @Test func `names streams`() throws {
        let account = AccountID(stored: "acct_1")
        #expect(EntityID.account(account).description == "account-acct_1")
        #expect(EntityID.provider(.kick).description == "provider-kick")
        #expect(EntityID.bot(account, .twitch).description == "bot-acct_1:twitch")
        #expect(EntityID.botModule(account, .wordFilter).description == "bot_module-acct_1:word_filter")
        #expect(EntityID.provider(.kick).account == nil)
        #expect(EntityID.bot(account, .twitch).account == account)
        #expect(try EntityID.halves(of: "acct_1:twitch") == ("acct_1", "twitch"))
        #expect(throws: StoredObject.Unreadable.self) { try EntityID.halves(of: "acct_1") }
    }

    @Test func `lets a caller do what it may, and a system admin everything`() {
        func caller(_ permissions: Set<Permission>, isSystemAdmin: Bool) -> Caller {
            Caller(
                actor: .system, account: nil, role: "Owner", permissions: permissions, isSystemAdmin: isSystemAdmin,
                isSystemKey: false)
        }
        let reader = caller([.auditRead], isSystemAdmin: false)
        #expect(Permission.allCases.filter(reader.holds) == [.auditRead])
        #expect(Permission.allCases.allSatisfy(caller([], isSystemAdmin: true).holds))
    }
}
