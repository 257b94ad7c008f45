import Domain
import Testing

@testable import Platforms

@Suite("A chat message from an event")
struct EventSubMessageTests {
    static let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: "7")
    static let moment = Timestamp(microseconds: 1_700_000_000_000_000)

    static func message(
        _ text: String, _ fragments: [(String, String)] = [], with others: [String: JSON?] = [:]
    ) -> ChatMessage? {
        var members: [String: JSON] = [
            "broadcaster_user_id": "7", "message_id": "m1", "chatter_user_id": "9", "chatter_user_login": "bob",
            "chatter_user_name": "Bob",
            "message": [
                "text": .string(text),
                "fragments": .array(fragments.map { ["type": .string($0.0), "text": .string($0.1)] }),
            ],
        ]
        for (name, value) in others { members[name] = value }
        let event = JSON.object(members.map { JSON.Member($0.key, $0.value) })
        return ChatMessage(eventSub: event, in: channel, sentAt: moment, bot: "1")
    }

    @Test func `marks the fragments that are no text`() {
        let message = Self.message(
            "é Kappa @bob Cheer1 x",
            [
                ("text", "é "), ("emote", "Kappa"), ("text", " "), ("mention", "@bob"), ("text", " "),
                ("cheermote", "Cheer1"), ("text", " x"),
            ])
        #expect(message?.marks == [ChatMark(.emote, 3..<8), ChatMark(.mention, 9..<13)])
    }

    /// Twitch frames the text of a `/me`, but not its fragments.
    @Test(arguments: [
        [("text", "waves "), ("emote", "Kappa")],
        [("text", "\u{1}ACTION waves "), ("emote", "Kappa"), ("text", "\u{1}")],
    ])
    func `loses the frame of an action`(fragments: [(String, String)]) {
        let message = Self.message("\u{1}ACTION waves Kappa\u{1}", fragments)
        #expect(message?.text == "waves Kappa")
        #expect(message?.marks == [ChatMark(.emote, 6..<11)])
    }

    @Test(arguments: [[], [("emote", "Kappa")], [("emote", "hey @bob and more")], [("text", "hey "), ("emote", "")]])
    func `finds mentions by itself when the fragments are not the text`(fragments: [(String, String)]) {
        #expect(Self.message("hey @bob", fragments)?.marks == [ChatMark(.mention, 4..<8)])
    }

    @Test(arguments: ["broadcaster_user_id", "message_id", "chatter_user_id", "chatter_user_login", "message"])
    func `is none without what it must have`(member: String) {
        #expect(Self.message("hi", with: [member: .some(nil)]) == nil)
        #expect(Self.message("hi", with: [member: .null]) == nil)
        #expect(Self.message("hi", with: [member: ""]) == nil)
        #expect(Self.message("hi", with: [member: 7]) == nil)
    }

    @Test func `has roles of its own channel's badges only`() {
        let badges: JSON = [["set_id": "founder", "id": "0"], ["set_id": 7], "vip", ["set_id": "lead_moderator"]]
        let message = Self.message(
            "hi", with: ["badges": badges, "source_badges": [["set_id": "vip"]], "source_broadcaster_user_id": "8"])
        #expect(message?.author.roles == [.subscriber, .moderator])
        #expect(Self.message("hi", with: ["badges": "vip"])?.author.roles == [])
        #expect(Self.message("hi", with: ["chatter_user_id": "7"])?.author.roles == .broadcaster)
        #expect(Self.message("hi", with: ["chatter_user_id": "1"])?.author.roles == .ownBot)
    }

    @Test func `calls its author by the login when there is no other name`() {
        #expect(Self.message("hi", with: ["chatter_user_name": ""])?.author.name == "bob")
    }
}
