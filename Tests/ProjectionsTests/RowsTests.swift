import Domain
import EventStore
import Testing

@testable import Projections

@Suite("A row of the read models")
struct RowsTests {
    @Test func `follows an account`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("One", .free), to: .accountOne)
            #expect(
                try stage.readModels.account(.one)
                    == AccountDocument(
                        accountID: .one, name: "One", plan: .free, customBotAllowed: nil, createdAt: .seconds(1),
                        updatedAt: .seconds(1), revision: 0))
            try await stage.append(
                Account.Event.renamed(name: "Two"), Account.Event.planChanged(plan: .pro),
                Account.Event.limitsOverridden(customBotAllowed: false), to: .accountOne)
            #expect(
                try stage.readModels.account(.one)
                    == AccountDocument(
                        accountID: .one, name: "Two", plan: .pro, customBotAllowed: false, createdAt: .seconds(1),
                        updatedAt: .seconds(2), revision: 3))
            try await stage.append(Account.Event.limitsOverridden(customBotAllowed: nil), to: .accountOne)
            #expect(try stage.readModels.account(.one)?.customBotAllowed == nil)
            #expect(try stage.readModels.account(AccountID(stored: "other")) == nil)
        }
    }

    @Test func `follows a bot, whose pause outlives its connection`() async throws {
        try await Stage.with { stage in
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            #expect(try stage.readModels.status(.one, .twitch)?.bot == nil)
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            try await stage.append(Bot.Event.paused(reason: "spam", until: .seconds(99)), to: .botOne, actor: "op")
            let pause = BotDocument.Pause(reason: "spam", until: .seconds(99), by: "op")
            #expect(
                try stage.readModels.status(.one, .twitch)?.bot
                    == BotDocument(
                        accountID: .one, platform: .twitch, connection: .lobby, pause: pause, updatedAt: .seconds(3),
                        revision: 1))
            try await stage.append(Bot.Event.disconnected, to: .botOne)
            let row = try #require(try stage.readModels.status(.one, .twitch))
            #expect(row.status == .noConnection && row.bot?.pause == pause && row.bot?.connection == nil)
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            #expect(try stage.readModels.status(.one, .twitch)?.status == .paused)
            try await stage.append(Bot.Event.resumed(reason: nil, scheduled: true), to: .botOne)
            #expect(try stage.readModels.status(.one, .twitch)?.status == .active)
            #expect(try stage.readModels.status(.one, .kick)?.status == .noConnection)
            #expect(try stage.readModels.status(AccountID(stored: "other"), .twitch) == nil)
        }
    }

    @Test func `follows a provider, and is as it began when nobody ever switched it`() async throws {
        try await Stage.with { stage in
            let untouched = ProviderDocument(platform: .twitch, updatedAt: Timestamp(microseconds: 0), revision: -1)
            #expect(try stage.readModels.provider(.twitch) == untouched)
            let identity = Provider.BotIdentity(username: "lumio", userID: "7")
            try await stage.append(
                Provider.Event.switched(flag: .bot, enabled: false, reason: "why", ticket: "T"),
                Provider.Event.switched(flag: .login, enabled: false, reason: "more", ticket: nil),
                Provider.Event.botIdentityLinked(identity), to: .twitch, actor: "op")
            #expect(
                try stage.readModels.provider(.twitch)
                    == ProviderDocument(
                        platform: .twitch, off: [.bot, .login], botIdentity: identity, reason: "more", ticket: nil,
                        updatedBy: "op", updatedAt: .seconds(1), revision: 2))
            try await stage.append(
                Provider.Event.switched(flag: .bot, enabled: true, reason: "over", ticket: nil),
                Provider.Event.botIdentityUnlinked, to: .twitch)
            let document = try stage.readModels.provider(.twitch)
            #expect(document.off == [.login] && document.botIdentity == nil && document.reason == "over")
            #expect(try stage.readModels.provider(.kick).allowsBots)
        }
    }

    @Test func `follows a bot module, which is new after a delete`() async throws {
        try await Stage.with { stage in
            try await stage.append(BotModule.Event.words("a"), to: .moduleOne)
            let first = try #require(try stage.readModels.botModule(.wordFilter, of: .one))
            #expect(first.config.text == #"{"blocked_words":["a"]}"#)
            try await stage.append(BotModule.Event.words("b", enabled: false), to: .moduleOne)
            let second = try #require(try stage.readModels.botModule(.wordFilter, of: .one))
            #expect(second.id == first.id && second.createdAt == first.createdAt && !second.enabled)
            #expect(second.updatedAt == .seconds(2) && second.revision == 1)
            let events = try stage.journal.readStream(EntityID.moduleOne.stream)
            #expect(first.id == events[0].id.description)
            try await stage.append(BotModule.Event.deleted, to: .moduleOne)
            #expect(try stage.readModels.botModule(.wordFilter, of: .one) == nil)
            #expect(try stage.readModels.botModules(of: .one).isEmpty)
            try await stage.append(BotModule.Event.words("b"), to: .moduleOne)
            let third = try #require(try stage.readModels.botModule(.wordFilter, of: .one))
            #expect(third.id != first.id && third.createdAt == .seconds(4) && third.revision == 3)
        }
    }

    @Test func `of a bot module stands in the order of the whitelist`() async throws {
        try await Stage.with { stage in
            for name in ModuleName.allCases.reversed() {
                try await stage.append(BotModule.Event.words("a"), to: .botModule(.one, name))
            }
            try await stage.append(
                BotModule.Event.words("a"), to: .botModule(AccountID(stored: "other"), .wordFilter))
            #expect(try stage.readModels.botModules(of: .one).map(\.module) == ModuleName.allCases)
        }
    }

    /// Everything that a caller was told is readable when it is told.
    @Test func `shows an append as soon as it returns`() async throws {
        try await Stage.with { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let account = AccountID(stored: "a\(number)")
                        for round in 0..<5 {
                            let result = try await stage.append(
                                Account.Event.registered("\(round)"), to: .account(account))
                            #expect(stage.readModels.position >= result.position)
                            #expect(try stage.readModels.account(account)?.name == "\(round)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `keeps text that SQLite would cut off, and says the same as the feed`() async throws {
        try await Stage.with { stage in
            let text = "a\0b"
            try await stage.append(Account.Event.registered(text), to: .accountOne)
            try await stage.append(
                Bot.Event.connected(Bot.Connection(channelID: text, channelName: text, botUserID: text)),
                Bot.Event.paused(reason: text, until: nil), to: .botOne, actor: text)
            try await stage.append(
                Provider.Event.switched(flag: .bot, enabled: false, reason: text, ticket: text),
                Provider.Event.botIdentityLinked(Provider.BotIdentity(username: text, userID: text)), to: .twitch,
                actor: text)
            #expect(try stage.readModels.account(.one)?.name == "a\u{FFFD}b")
            try stage.expectDigest()
            try stage.expectFeedEndsInDocuments()
        }
    }
}
