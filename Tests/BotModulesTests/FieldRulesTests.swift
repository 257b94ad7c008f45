import BotModules
import Domain
import Testing

@Suite("The rules of the fields")
struct FieldRulesTests {
    static let ranges: [(ModuleName, String, ClosedRange<Int>)] = [
        (.linkProtection, "timeout_duration", 1...1_209_600), (.spamProtection, "timeout_duration", 1...1_209_600),
        (.wordFilter, "timeout_duration", 1...1_209_600), (.spamProtection, "max_repeated_messages", 1...100),
        (.spamProtection, "max_caps_percentage", 0...100), (.spamProtection, "min_message_length_for_caps", 0...500),
        (.timedMessages, "min_chat_lines_between", 0...10_000),
    ]

    @Test(arguments: ranges)
    func `bound the numbers`(module: ModuleName, field: String, range: ClosedRange<Int>) {
        for inside in [range.lowerBound, range.lowerBound + 1, range.upperBound] {
            #expect(Given.objections(module, field, .integer(inside)).isEmpty)
            #expect(Given.objections(module, field, .number("\(inside).0")).isEmpty)
        }
        for outside in [range.lowerBound - 1, range.upperBound + 1, .min, .max] {
            #expect(Given.objections(module, field, .integer(outside)) == ["config.\(field) out_of_range"])
        }
        for other in [JSON.number("1.5"), .number("1e400"), .string("1"), .bool(true), .array([]), .emptyObject] {
            #expect(Given.objections(module, field, other) == ["config.\(field) wrong_type"])
        }
    }

    static let lists: [(ModuleName, String, JSON, Int)] = [
        (.linkProtection, "whitelist_domains", .string("twitch.tv"), 500),
        (.wordFilter, "blocked_words", .string("bad"), 1000), (.wordFilter, "blocked_patterns", .string("bad"), 100),
        (
            .timedMessages, "messages",
            .object([JSON.Member("text", .string("hi")), JSON.Member("interval_minutes", .integer(1))]), 50
        ),
    ]

    @Test(arguments: lists)
    func `bound the lists`(module: ModuleName, field: String, entry: JSON, countMax: Int) {
        for count in [0, 1, countMax] {
            #expect(Given.objections(module, field, .array(Array(repeating: entry, count: count))).isEmpty)
        }
        let tooMany = JSON.array(Array(repeating: entry, count: countMax + 1))
        #expect(Given.objections(module, field, tooMany) == ["config.\(field) too_many"])
        #expect(Given.objections(module, field, .array([entry, .null])) == ["config.\(field).1 wrong_type"])
        #expect(Given.objections(module, field, .array([.integer(1), entry])) == ["config.\(field).0 wrong_type"])
    }

    @Test(arguments: [(ModuleName.wordFilter, "blocked_words", 100), (.wordFilter, "blocked_patterns", 500)])
    func `bound the entries in characters`(module: ModuleName, field: String, lengthMax: Int) {
        for letter in ["a", "ä", "💥"] {
            let longest = String(repeating: letter, count: lengthMax)
            #expect(Given.objections(module, field, .array([.string(longest)])).isEmpty)
            let longer = JSON.array([.string("a"), .string(longest + letter)])
            #expect(Given.objections(module, field, longer) == ["config.\(field).1 too_long"])
        }
        let huge = JSON.array([.string(String(repeating: "(", count: 100_000))])
        #expect(Given.objections(module, field, huge) == ["config.\(field).0 too_long"])
    }

    @Test(arguments: [ModuleName.linkProtection, .spamProtection, .wordFilter])
    func `bound the warning, which may be empty`(module: ModuleName) {
        for length in [0, 1, 500] {
            let text = JSON.string(String(repeating: "ä", count: length))
            #expect(Given.objections(module, "warning_message", text).isEmpty)
        }
        let longer = JSON.string(String(repeating: "a", count: 501))
        #expect(Given.objections(module, "warning_message", longer) == ["config.warning_message too_long"])
    }

    @Test(arguments: [ModuleName.linkProtection, .spamProtection, .wordFilter])
    func `know three actions`(module: ModuleName) {
        for action in ["delete", "timeout", "warn"] {
            #expect(Given.objections(module, "action", .string(action)).isEmpty)
        }
        for action in ["ban", "Delete", "", "delete "] {
            #expect(Given.objections(module, "action", .string(action)) == ["config.action not_allowed"])
        }
        #expect(Given.objections(module, "action", .integer(1)) == ["config.action wrong_type"])
        #expect(Given.objections(module, "action", .null).isEmpty)
    }

    @Test func `bound the timed messages`() {
        func objections(_ text: JSON, _ minutes: JSON) -> [String] {
            let entry = JSON.object([JSON.Member("text", text), JSON.Member("interval_minutes", minutes)])
            return Given.objections(.timedMessages, "messages", .array([entry]))
        }
        let longest = String(repeating: "💥", count: 500)
        #expect(objections(.string(longest), .integer(1)).isEmpty)
        #expect(objections(.string("a"), .integer(1440)).isEmpty)
        #expect(objections(.string(longest + "a"), .integer(1)) == ["config.messages.0.text too_long"])
        #expect(objections(.string(""), .integer(1)) == ["config.messages.0.text blank"])
        #expect(objections(.null, .integer(1)) == ["config.messages.0.text required"])
        #expect(objections(.string("a"), .integer(0)) == ["config.messages.0.interval_minutes out_of_range"])
        #expect(objections(.string("a"), .integer(1441)) == ["config.messages.0.interval_minutes out_of_range"])
        #expect(objections(.string("a"), .null) == ["config.messages.0.interval_minutes required"])
    }
}
