import Domain
import Testing

@testable import Extensions

@Suite("What a handler is called for")
struct HandlerOccasionTests {
    static let now = Timestamp(microseconds: 1_790_000_000_000_000)
    static let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acct_1"), id: "1")

    static func user(_ id: String = "7", _ roles: ChatRoles = []) -> ChatUser {
        ChatUser(id: id, login: "ada", name: "Ada", roles: roles)
    }

    static func message(_ id: String = "m1", by user: ChatUser = user()) -> HandlerOccasion {
        .message(ChatMessage(channel: channel, id: id, author: user, text: "!rank \"x\"", sentAt: now))
    }

    static func follow(by user: ChatUser?) -> HandlerOccasion {
        .event(PlatformEvent(.follower, in: channel, id: "e1", user: user, at: now, data: ["tier": "1000"]))
    }

    @Test func `is what its actions are directed at`() throws {
        let message = Self.message()
        #expect(try HandlerAction.delete.chatAction(on: message) == .delete(messageID: "m1"))
        #expect(try HandlerAction.reply(text: "a").chatAction(on: message) == .say(text: "a", replyTo: "m1"))
        #expect(try HandlerAction.say(text: "a").chatAction(on: message) == .say(text: "a", replyTo: nil))
        #expect(
            try HandlerAction.timeout(seconds: 5, reason: "b").chatAction(on: message)
                == .timeout(userID: "7", seconds: 5, reason: "b"))
        #expect(try HandlerAction.ban(reason: nil).chatAction(on: message) == .ban(userID: "7", reason: nil))
        #expect(try HandlerAction.warn(reason: "c").chatAction(on: message) == .warn(userID: "7", reason: "c"))
        #expect(
            try HandlerAction.ban(reason: nil).chatAction(on: Self.follow(by: Self.user("9")))
                == .ban(userID: "9", reason: nil))
    }

    @Test(arguments: [HandlerAction.delete, .reply(text: "a"), .ban(reason: nil), .warn(reason: "a")])
    func `may be nothing that they could be directed at`(action: HandlerAction) {
        #expect(throws: HandlerAction.NoTarget(action: action.name)) {
            try action.chatAction(on: .time(Self.channel))
        }
        #expect(throws: HandlerAction.NoTarget.self) { try action.chatAction(on: Self.follow(by: nil)) }
    }

    @Test func `never makes the bot act against itself`() {
        let own = Self.message(by: Self.user("7", .ownBot))
        #expect(throws: HandlerAction.NoTarget.self) { try HandlerAction.ban(reason: nil).chatAction(on: own) }
    }

    @Test func `is told as JSON`() throws {
        let context = HandlerContext(
            triggerID: "rank", kind: .command, occasion: Self.message(by: Self.user("7", [.vip, .moderator])),
            arguments: ["x"], now: Self.now)
        #expect(
            try JSONParser.parse(context.bytes) == [
                "trigger": ["id": "rank", "type": "command"],
                "message": [
                    "id": "m1", "text": "!rank \"x\"", "sentAt": .string(Self.now.description), "isEdit": false,
                ],
                "user": [
                    "id": "7", "login": "ada", "name": "Ada", "roles": ["moderator", "vip"], "isBroadcaster": false,
                    "isModerator": true, "isVip": true, "isSubscriber": false,
                ],
                "channel": ["platform": "twitch", "id": "1", "accountId": "acct_1"], "args": ["x"],
                "now": .string(Self.now.description),
            ])
    }

    @Test func `tells of groups that took no part, of events, and of nothing else`() throws {
        let match = HandlerContext(
            triggerID: "pattern-1", kind: .pattern, occasion: Self.message(), match: ["ab", nil], now: Self.now)
        #expect(try JSONParser.parse(match.bytes)["match"] == ["ab", .null])
        let event = HandlerContext(
            triggerID: "twitch:follower", kind: .event, occasion: Self.follow(by: nil), now: Self.now)
        let json = try JSONParser.parse(event.bytes)
        #expect(json["event"]?["type"] == "twitch:follower")
        #expect(json["event"]?["data"] == ["tier": "1000"])
        #expect(json["user"] == nil && json["message"] == nil && json["args"] == nil && json["match"] == nil)
    }
}
