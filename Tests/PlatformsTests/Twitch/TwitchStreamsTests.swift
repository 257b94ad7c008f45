import Domain
import PlatformStage
import Platforms
import Testing

@Suite("Whether a channel of Twitch is live", .timeLimit(.minutes(1)))
struct TwitchStreamsTests {
    @Test func `is asked of Twitch`() async throws {
        try await TwitchActionsTests.with { twitch, actions, channel in
            #expect(await actions.streamState(of: channel) == .offline)
            let since = try #require(Timestamp("2026-05-01T12:00:00Z"))
            twitch.setLive(twitch.room("acme"), since: since)
            #expect(await actions.streamState(of: channel) == .live(since: since))
            #expect(actions.budget != nil)
        }
    }

    @Test(
        arguments: [
            .status(500), .status(401), .disconnect, .answer(200, body: "{"), .answer(200, body: #"{"data": 1}"#),
            .answer(200, body: #"{"data": [{"type": "live", "started_at": "soon"}]}"#),
        ] as [FakeTwitch.Fault])
    func `is unknown when Twitch does not say it`(fault: FakeTwitch.Fault) async throws {
        try await TwitchActionsTests.with { twitch, actions, channel in
            twitch.fault(.streams, fault)
            #expect(await actions.streamState(of: channel) == .unknown)
        }
    }
}
