import BotModules
import Domain
import Testing
import Worker

@Suite("Whether a bot may act")
struct StandingTests {
    private func standing(_ entries: FeedEntry...) throws -> BotStanding {
        var model = FeedModel()
        for entry in entries { model.put(entry) }
        return try ActiveSet(model).standing(of: .one, on: .twitch)
    }

    @Test func `needs a connection, a plan, and nobody who has switched it off`() throws {
        let account = Samples.account("acct_1"), bot = Samples.bot("acct_1", .twitch)
        #expect(try standing(account, bot).mayAct)
        #expect(try standing(account, bot, Samples.provider(.twitch)).mayAct)
        #expect(try standing(account).state == .noConnection)
        #expect(try standing(account, Samples.bot("acct_1", .twitch, isConnected: false)).state == .noConnection)
        #expect(try standing(account, Samples.bot("acct_1", .twitch, isPaused: true)).state == .paused)
        #expect(try standing(account, bot, Samples.provider(.twitch, off: [.bot])).state == .haltedByProvider)
        #expect(try standing(account, bot, Samples.provider(.twitch, off: [.platform])).state == .haltedByProvider)
        #expect(try standing(account, bot, Samples.provider(.twitch, off: [.login, .channel])).mayAct)
        #expect(try standing(account, bot, Samples.provider(.kick, off: [.platform])).mayAct)
    }

    @Test func `follows the plan, and the account's own limit before it`() throws {
        let bot = Samples.bot("acct_1", .twitch)
        #expect(try !standing(Samples.account("acct_1", plan: .free), bot).mayAct)
        #expect(try standing(Samples.account("acct_1", plan: .free, allowed: true), bot).mayAct)
        #expect(try !standing(Samples.account("acct_1", plan: .enterprise, allowed: false), bot).mayAct)
        #expect(try !standing(bot).mayAct, "an account that nothing is known of")
    }

    @Test func `does not change because a pause's end has come by the worker's own clock`() throws {
        let until = Timestamp(microseconds: 1)
        let paused = Samples.bot("acct_1", .twitch, isPaused: true, until: until)
        #expect(try standing(Samples.account("acct_1"), paused).state == .paused)
    }

    @Test func `is switched off and on by every kind of entity`() throws {
        var model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))
        var set = try ActiveSet(model)
        let switches: [(off: FeedEntry, on: FeedEntry)] = [
            (Samples.provider(.twitch, off: [.platform]), Samples.provider(.twitch)),
            (Samples.provider(.twitch, off: [.bot]), Samples.provider(.twitch)),
            (Samples.bot("acct_1", .twitch, isPaused: true), Samples.bot("acct_1", .twitch)),
            (Samples.bot("acct_1", .twitch, isConnected: false), Samples.bot("acct_1", .twitch)),
            (Samples.account("acct_1", plan: .free), Samples.account("acct_1")),
        ]
        for (off, on) in switches {
            #expect(set.apply(model.put(off)) == .applied && !set.mayAct(.one, on: .twitch))
            #expect(set.apply(model.put(on)) == .applied && set.mayAct(.one, on: .twitch))
        }
    }

    @Test func `knows the modules with their settings`() throws {
        let config: JSON = ["action": "timeout", "timeout_duration": 30]
        var model = FeedModel(
            Samples.account("acct_1"), Samples.module("acct_1", .spamProtection, config: config),
            Samples.module("acct_1", .wordFilter, isEnabled: false))
        var set = try ActiveSet(model)
        #expect(set.enabledModules(of: .one).map(\.module) == [.spamProtection])
        let settings = try #require(set.settings(of: .one, .spamProtection))
        #expect(settings.config == config)
        guard case .spamProtection(let typed) = settings.typed else { return #expect(Bool(false)) }
        #expect(typed.enforcement.timeoutSeconds == 30)
        _ = set.apply(model.put(Samples.account("acct_1", plan: .free)))
        #expect(set.enabledModules(of: .one) == [], "the plan has no modules")
        _ = set.apply(model.delete(Samples.module("acct_1", .spamProtection)))
        #expect(set.settings(of: .one, .spamProtection) == nil)
    }

    @Test func `lists who is paused`() throws {
        let set = try ActiveSet(
            FeedModel(
                Samples.bot("b", .kick, isPaused: true), Samples.bot("a", .twitch, isPaused: true),
                Samples.bot("c", .twitch)))
        #expect(set.pausedBots.map(\.accountID.rawValue) == ["a", "b"])
    }
}
