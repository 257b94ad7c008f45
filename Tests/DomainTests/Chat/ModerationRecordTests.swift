import Testing

@testable import Domain

@Suite("A line of the moderation log")
struct ModerationRecordTests {
    private static func record(_ outcome: ModerationRecord.Outcome, text: String = "buy now") -> ModerationRecord {
        ModerationRecord(
            at: Timestamp("2026-11-21T10:00:00Z")!, worker: "w1",
            channel: ChatChannel(platform: .discord, accountID: AccountID(stored: "acct_1"), id: "c"), messageID: "m",
            author: ChatUser(id: "7", login: "ann", name: "Ann", roles: .vip), text: text, module: "word_filter",
            rule: "blocked_words", matched: .init(text: "buy", range: 0..<3), action: .timeout, durationSeconds: 60,
            reason: "the word “buy” is blocked", outcome: outcome)
    }

    private func again(_ record: ModerationRecord) throws -> ModerationRecord {
        var writer = JSONWriter()
        record.encode(into: &writer)
        return try ModerationRecord(JSONParser.parse(writer.text))
    }

    @Test(arguments: ModerationRecord.Outcome.allCases)
    func `comes back as it was written`(outcome: ModerationRecord.Outcome) throws {
        #expect(try again(Self.record(outcome)) == Self.record(outcome))
    }

    @Test func `cuts a text that nobody would read`() throws {
        let long = String(repeating: "é", count: 5_000)
        #expect(try again(Self.record(.done, text: long)).text == String(long.prefix(ModerationRecord.textLengthMax)))
    }

    @Test func `may have no place and no duration`() throws {
        var record = Self.record(.observed)
        (record.matched, record.durationSeconds, record.problem) = (nil, nil, "the channel is gone")
        #expect(try again(record) == record)
    }

    @Test func `says everything that is wrong with it at once`() throws {
        let failed = #expect(throws: ValidationFailed.self) {
            try ModerationRecord(
                JSONParser.parse(#"{"worker":"","platform":"x","matched":{"text":"a","start":3,"end":1},"more":1}"#))
        }
        #expect(
            Set(failed?.failures.map(\.path) ?? [])
                == [
                    "action", "account_id", "at", "channel_id", "module", "more", "outcome", "platform", "user",
                    "worker",
                ])
    }
}
