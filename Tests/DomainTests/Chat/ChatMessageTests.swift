import Testing

@testable import Domain

@Suite("A chat message")
struct ChatMessageTests {
    private static let message = ChatMessage(
        channel: ChatChannel(platform: .twitch, accountID: AccountID(stored: "acct_1"), id: "117166826"), id: "m-1",
        author: ChatUser(id: "7", login: "ann", name: "Änn", roles: [.moderator, .subscriber]),
        text: "hé @bob Kappa!", marks: [ChatMark(.mention, 4..<8), ChatMark(.emote, 9..<14)],
        sentAt: Timestamp("2026-11-21T10:00:00.000001Z")!, isEdit: true)

    private func json(_ text: String) throws -> JSON { try JSONParser.parse(text) }

    @Test func `comes back as it was written`() throws {
        var writer = JSONWriter()
        Self.message.encode(into: &writer)
        #expect(try ChatMessage(json(writer.text)) == Self.message)
    }

    @Test func `needs no more than where, who, what and when`() throws {
        let message = try ChatMessage(
            json(
                """
                {"platform":"kick","channel_id":"c","message_id":"m","user":{"id":"7"},"text":"",
                "sent_at":"2026-11-21T10:00:00Z"}
                """
            ),
            account: AccountID(stored: "acct_2"))
        #expect(message.channel.accountID.rawValue == "acct_2")
        #expect(message.author == ChatUser(id: "7", login: "7", name: "7"))
        #expect(message.marks.isEmpty && !message.isEdit)
    }

    @Test func `passes over roles and members that it does not know`() throws {
        let message = try ChatMessage(
            json(
                """
                {"platform":"twitch","account_id":"a","channel_id":"c","message_id":"m","colour":"red","sent_at":
                "2026-11-21T10:00:00Z","text":"x","user":{"id":"7","login":"ann","roles":["artist","vip"],"since":2019}}
                """))
        #expect(message.author.roles == [.vip])
    }

    @Test func `says everything that is wrong with it at once`() throws {
        let failed = #expect(throws: ValidationFailed.self) {
            try ChatMessage(
                json(
                    """
                    {"platform":"irc","account_id":"a b","message_id":"","user":{"login":"ann"},"text":7,"sent_at":"x"}
                    """
                ))
        }
        #expect(
            failed?.failures.map(\.path).sorted()
                == ["account_id", "channel_id", "message_id", "platform", "sent_at", "text", "user.id"])
    }

    @Test(arguments: [#"[{"type":"emote","text":"Kappa"}]"#, #"[{"type":"text","text":"hi"}]"#])
    func `refuses fragments that are another text`(fragments: String) throws {
        let failed = #expect(throws: ValidationFailed.self) {
            try ChatMessage(
                json(
                    """
                    {"platform":"twitch","account_id":"a","channel_id":"c","message_id":"m","user":{"id":"7"},
                    "text":"hi Kappa","sent_at":"2026-11-21T10:00:00Z","fragments":\(fragments)}
                    """))
        }
        #expect(failed?.failures.map(\.path) == ["fragments"])
    }

    @Test func `is no object at all`() throws {
        #expect(throws: ValidationFailed.self) { try ChatMessage(json("[]")) }
    }
}
