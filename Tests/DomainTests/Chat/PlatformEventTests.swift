import Testing

@testable import Domain

@Suite("An event of a platform")
struct PlatformEventTests {
    private static let event = PlatformEvent(
        .cheer, in: ChatChannel(platform: .kick, accountID: AccountID(stored: "acct_1"), id: "7"), id: "e1",
        user: ChatUser(id: "9", login: "bob", name: "Bob", roles: [.vip]),
        at: Timestamp(microseconds: 1_700_000_000_123_456), data: ["bits": 100, "message": "\u{1F600} \"é\""])

    @Test func `is called by its platform and what it is`() {
        #expect(Self.event.name.rawValue == "kick:cheer")
        for name in PlatformEvent.Name.allCases { #expect(PlatformEvent.Name(rawValue: name.rawValue) == name) }
        for text in ["kick:raid", "discord:follower", "kick", "cheer", "Kick:cheer", "kick:cheer ", "", "myspace:ban"] {
            #expect(PlatformEvent.Name(rawValue: text) == nil)
        }
        let twitch = Set(PlatformEvent.Name.allCases.filter { $0.platform == .twitch }.map(\.kind))
        #expect(twitch == Set(PlatformEvent.Kind.allCases), "Twitch has them all")
    }

    @Test func `is the same after it went through a stream`() throws {
        var unknown = Self.event
        (unknown.user, unknown.data) = (nil, .emptyObject)
        for event in [Self.event, unknown] {
            var writer = JSONWriter()
            event.encode(into: &writer)
            #expect(try PlatformEvent(JSONParser.parse(writer.bytes)) == event)
        }
    }

    @Test func `says everything that is wrong with it`() {
        let wrong: JSON = ["event": "kick:raid", "account_id": "", "user": ["login": "bob"], "at": "now", "data": []]
        let failure = #expect(throws: ValidationFailed.self) { try PlatformEvent(wrong) }
        #expect(
            Set((failure?.failures ?? []).map(\.path)) == [
                "event", "account_id", "channel_id", "id", "user.id", "at", "data",
            ])
        for json in [[], "x", nil] as [JSON] {
            #expect(throws: ValidationFailed.self) { try PlatformEvent(json) }
        }
    }
}
