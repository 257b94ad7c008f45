import Domain
import NIOHTTP1
import Testing

@testable import Platforms

@Suite("A request to Twitch's API")
struct HelixRequestTests {
    static let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: "7")

    static func request(_ action: ChatAction) throws -> APIRequest {
        try APIRequest(helix: action, in: channel, as: "1")
    }

    static func body(_ action: ChatAction) throws -> JSON {
        try JSONParser.parse(try request(action).body ?? [])
    }

    @Test func `deletes one message by its id`() throws {
        let request = try Self.request(.delete(messageID: "a b&message_id="))
        #expect(request.method == .DELETE)
        #expect(
            request.target
                == "/helix/moderation/chat?broadcaster_id=7&moderator_id=1&message_id=a%20b%26message_id%3D")
        #expect(request.body == nil)
    }

    @Test(arguments: ["", " ", "\n\t", "\u{2003}"])
    func `is never made for a deletion without a message, which would clear the chat`(id: String) {
        #expect(throws: APIRequest.Unsendable.self) { try Self.request(.delete(messageID: id)) }
    }

    @Test(arguments: [
        (Int.min, 1), (-5, 1), (0, 1), (1, 1), (600, 600), (1_209_600, 1_209_600), (1_209_601, 1_209_600),
        (Int.max, 1_209_600),
    ])
    func `asks for a timeout that Twitch can set`(seconds: Int, asked: Int) throws {
        let body = try Self.body(.timeout(userID: "9", seconds: seconds, reason: "spam"))
        #expect(body == ["data": ["user_id": "9", "duration": .integer(asked), "reason": "spam"]])
    }

    @Test func `bans for good when it names no time`() throws {
        #expect(try Self.body(.ban(userID: "9", reason: nil)) == ["data": ["user_id": "9"]])
        let request = try Self.request(.ban(userID: "9", reason: nil))
        #expect(request.target == "/helix/moderation/bans?broadcaster_id=7&moderator_id=1")
    }

    @Test func `warns with a reason, which there must be`() throws {
        #expect(try Self.body(.warn(userID: "9", reason: "caps")) == ["data": ["user_id": "9", "reason": "caps"]])
        #expect(throws: APIRequest.Unsendable.self) { try Self.request(.warn(userID: "9", reason: "")) }
    }

    @Test func `says what is to be said`() throws {
        let body = try Self.body(.say(text: "hi \"you\"\n", replyTo: "m1"))
        #expect(
            body == [
                "broadcaster_id": "7", "sender_id": "1", "message": "hi \"you\"\n", "reply_parent_message_id": "m1",
            ])
        #expect(try Self.body(.say(text: "hi", replyTo: nil))["reply_parent_message_id"] == nil)
        #expect(throws: APIRequest.Unsendable.self) { try Self.request(.say(text: " \n", replyTo: nil)) }
    }

    @Test(arguments: [
        (String(repeating: "a", count: 500), 500), (String(repeating: "a", count: 501), 500),
        (String(repeating: "e\u{301}", count: 300), 500), ("a" + String(repeating: "e\u{301}", count: 300), 499),
        (String(repeating: "👩‍👩‍👧‍👦", count: 100), 497), ("a" + String(repeating: "\u{301}", count: 900), 500),
        ("ab" + String(repeating: "\u{301}", count: 900), 1), ("", 0),
    ])
    func `is cut between two characters`(text: String, length: Int) {
        let cut = ChatText.prefix(text, codePointsMax: 500)
        #expect(cut.unicodeScalars.count == length)
        #expect(text.unicodeScalars.starts(with: cut.unicodeScalars))
    }

    @Test func `cuts reasons, too`() throws {
        let reason = String(repeating: "x", count: 600)
        let actions: [ChatAction] = [
            .warn(userID: "9", reason: reason), .ban(userID: "9", reason: reason),
            .timeout(userID: "9", seconds: 1, reason: reason),
        ]
        for action in actions {
            #expect(try Self.body(action)["data"]?["reason"]?.string?.count == 500)
        }
    }
}
