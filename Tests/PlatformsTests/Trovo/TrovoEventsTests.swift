import Domain
import Testing

@testable import Platforms

@Suite("What happens on Trovo besides chat")
struct TrovoEventsTests {
    private static let channel = ChatChannel(platform: .trovo, accountID: AccountID(stored: "a"), id: "5")

    private static func event(_ type: Int, _ content: String, data: JSON = [:], sender: Int = 9) -> PlatformEvent? {
        PlatformEvent(
            trovo: [
                "type": .integer(type), "content": .string(content), "nick_name": "Bob", "user_name": "bob",
                "sender_id": .integer(sender), "message_id": "m", "send_time": 1_700_000_000, "sub_tier": "2",
                "content_data": data,
            ], in: channel, bot: "1")
    }

    @Test func `is a cheer when it was paid for, and none when it was earned`() {
        func spell(_ type: String, _ count: Int = 3, _ value: Int = 100) -> String {
            #"{"gift":"Winner","num":\#(count),"gift_value":\#(value),"value_type":"\#(type)"}"#
        }
        for type in [5, 5009] { #expect(Self.event(type, spell("Elixir"))?.data == ["bits": 300]) }
        #expect(Self.event(5, spell("Mana")) == nil)
        #expect(Self.event(5, spell("Elixir", .max, 2)) == nil)
        for content in ["", "Winner", "[]", spell("Elixir", 0), spell("Elixir", 1, -5)] {
            #expect(Self.event(5, content) == nil)
        }
    }

    @Test func `is another month when the sentence says so`() {
        #expect(Self.event(5001, "just subscribed to channel!")?.kind == .subscribe)
        let again = Self.event(5001, "has renewed subscription for 12 months, Tier 2!")
        #expect(again?.kind == .resub && again?.data == ["tier": "2", "cumulativeMonths": 12])
        #expect(again?.user?.roles == .subscriber)
        #expect(Self.event(5001, "has RENEWED subscription")?.data == ["tier": "2"])
    }

    @Test func `is a raid with its size, in digits or in words of them`() {
        for number in [12, "12"] as [JSON] {
            #expect(Self.event(5008, "", data: ["raiderNum": number])?.data == ["viewers": 12])
        }
        #expect(Self.event(5008, "", data: ["raiderNum": "many"]) == nil && Self.event(5008, "") == nil)
    }

    @Test func `is the beginning of a stream, and not its end`() {
        let begins = Self.event(5012, "stream_on", sender: 5)
        #expect(begins?.kind == .streamOnline && begins?.user?.roles == .broadcaster)
        #expect(Self.event(5012, "stream_on")?.user == nil)
        #expect(Self.event(5012, "stream_off", sender: 5) == nil)
    }

    @Test func `is one gift to many, told once, and each gift to one`() throws {
        var gifts = TrovoGifts()
        let many = try #require(Self.event(5005, "2")), one = try #require(Self.event(5006, "1000,eve"))
        let other = try #require(Self.event(5006, "1000,eve", sender: 8))
        #expect(many.data == ["total": 2] && one.data == ["total": 1])
        // To one alone, to two, the first of these, one by somebody else, the second of these, and another one.
        let told = [(one, 5006), (many, 5005), (one, 5006), (other, 5006), (one, 5006), (one, 5006)].map {
            gifts.isNew($0, type: $1)
        }
        #expect(told == [true, true, false, true, false, true])
        for content in ["", "0", "-1", "many"] { #expect(Self.event(5005, content) == nil) }
    }

    @Test(arguments: [5002, 5004, 5007, 5013, 6000, -1])
    func `is nothing that is not known`(type: Int) { #expect(Self.event(type, "hello") == nil) }
}
