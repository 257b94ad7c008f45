import Domain
import Testing

@testable import Worker

@Suite("The printed state")
struct PrintedStateTests {
    @Test func `tells what a worker knows`() throws {
        let set = try ActiveSet(
            FeedModel(
                Samples.account("acct_1"), Samples.bot("acct_1", .twitch, isPaused: true), Samples.bot("acct_1", .kick),
                Samples.provider(.kick, off: [.platform]), Samples.module("acct_1", .wordFilter, isEnabled: false),
                Samples.account("acct_2", plan: .free).saying("{")))
        var writer = JSONWriter()
        set.encode(into: &writer)
        let json = try JSONParser.parse(writer.bytes)
        #expect(json["epoch"] == "e1.1" && json["applied"] == "6-0")
        #expect(json["digest"]?.string == set.digest.description)
        #expect(
            json["counts"] == [
                "account": 2, "provider": 1, "bot": 2, "bot_module": 1, "extension": 0, "extension_install": 0,
                "guild": 0, "bot_command": 0,
            ])
        #expect(json["halted"] == ["kick"])
        #expect(
            json["paused"] == [["account_id": "acct_1", "platform": "twitch", "reason": "spam", "until": nil]])
        #expect(json["nacks"]?.array?.count == 1)
        #expect(
            json["accounts"] == [
                [
                    "account_id": "acct_1", "modules_allowed": true,
                    "bots": ["twitch": "paused", "kick": "halted_by_provider"], "modules": ["word_filter": false],
                    "extensions": [:],
                ]
            ])
    }
}
