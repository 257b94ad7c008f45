import Domain
import Testing

@testable import Extensions

@Suite("What a handler returns")
struct HandlerActionTests {
    private static func read(_ text: String) throws -> [HandlerAction] { try HandlerAction.list(Array(text.utf8)) }

    @Test func `is nothing, one action, or up to five`() throws {
        #expect(try Self.read("") == [])
        #expect(try Self.read("null") == [])
        #expect(try Self.read("7") == [], "what kv.increment returned")
        #expect(try Self.read("false") == [], "what a && said")
        #expect(try Self.read("[]") == [])
        #expect(try Self.read(#"{"type":"delete"}"#) == [.delete])
        let five = Array(repeating: #"{"type":"delete"}"#, count: 5).joined(separator: ",")
        #expect(try Self.read("[\(five)]").count == 5)
    }

    @Test(arguments: [
        (#"{"type":"say","text":"hi"}"#, HandlerAction.say(text: "hi")),
        (#"{"type":"reply","text":"a\nb"}"#, .reply(text: "a\nb")),
        (#"{"type":"timeout","seconds":1}"#, .timeout(seconds: 1, reason: nil)),
        (#"{"type":"timeout","seconds":1209600,"reason":"spam"}"#, .timeout(seconds: 1_209_600, reason: "spam")),
        (#"{"type":"ban"}"#, .ban(reason: nil)), (#"{"type":"ban","reason":null}"#, .ban(reason: nil)),
        (#"{"type":"warn","reason":"no"}"#, .warn(reason: "no")),
    ])
    func `is read member by member`(text: String, action: HandlerAction) throws {
        #expect(try Self.read(text) == [action])
    }

    @Test(arguments: [
        ("{", "", "invalid_json"), (#""hello""#, "", "wrong_type"), ("[1]", "0", "wrong_type"),
        (#"{"text":"a"}"#, "type", "required"), (#"{"type":"kick"}"#, "type", "not_allowed"),
        (#"{"type":"constructor"}"#, "type", "not_allowed"), (#"{"type":["ban"]}"#, "type", "wrong_type"),
        (#"{"type":"say"}"#, "text", "required"), (#"{"type":"say","text":""}"#, "text", "too_short"),
        (#"{"type":"say","text":" \n "}"#, "text", "too_short"),
        (#"{"type":"say","text":"a\u0000b"}"#, "text", "not_allowed"),
        (#"{"type":"say","text":"\ud800"}"#, "", "invalid_json"),
        (#"{"type":"say","text":"a","userId":"7"}"#, "userId", "unknown_field"),
        (#"{"type":"delete","messageId":"m2"}"#, "messageId", "unknown_field"),
        (#"{"type":"ban","user_id":"8"}"#, "user_id", "unknown_field"),
        (#"{"type":"timeout"}"#, "seconds", "required"),
        (#"{"type":"timeout","seconds":0}"#, "seconds", "out_of_range"),
        (#"{"type":"timeout","seconds":1209601}"#, "seconds", "out_of_range"),
        (#"{"type":"timeout","seconds":1.5}"#, "seconds", "wrong_type"),
        (#"{"type":"timeout","seconds":"60"}"#, "seconds", "wrong_type"),
        (#"{"type":"warn"}"#, "reason", "required"), (#"[{"type":"delete"},null]"#, "1", "wrong_type"),
    ])
    func `is refused with a sentence`(text: String, path: String, code: String) throws {
        let error = #expect(throws: ValidationFailed.self) { try Self.read(text) }
        let failure = try #require(error?.failures.first)
        #expect((failure.path, failure.code) == (path, code))
        #expect(!failure.message.isEmpty)
    }

    @Test func `is refused with all reasons, and nothing of it is taken`() throws {
        let text = #"[{"type":"delete"},{"type":"say","text":"","x":1},{"type":"timeout","seconds":-1}]"#
        let error = #expect(throws: ValidationFailed.self) { try Self.read(text) }
        #expect(error?.failures.map(\.path) == ["1.text", "1.x", "2.seconds"])
    }

    @Test func `is bounded in number and length`() throws {
        let six = Array(repeating: #"{"type":"delete"}"#, count: 6).joined(separator: ",")
        #expect(throws: ValidationFailed.self) { try Self.read("[\(six)]") }
        let longest = String(repeating: "ä", count: 500)
        #expect(try Self.read(#"{"type":"say","text":"\#(longest)"}"#) == [.say(text: longest)])
        #expect(throws: ValidationFailed.self) { try Self.read(#"{"type":"say","text":"\#(longest)a"}"#) }
        #expect(throws: ValidationFailed.self) { try Self.read(#"{"type":"ban","reason":"\#(longest)a"}"#) }
    }

    @Test func `needs a permission each`() {
        #expect(HandlerAction.say(text: "a").permission == .chatSend)
        #expect(HandlerAction.reply(text: "a").permission == .chatSend)
        #expect(HandlerAction.delete.permission == .chatDelete)
        #expect(HandlerAction.timeout(seconds: 1, reason: nil).permission == .chatTimeout)
        #expect(HandlerAction.warn(reason: "a").permission == .chatTimeout)
        #expect(HandlerAction.ban(reason: nil).permission == .chatBan)
    }
}
