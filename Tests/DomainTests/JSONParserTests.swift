import Domain
import TestTools
import Testing

@Suite("The JSON parser")
struct JSONParserTests {
    static let accepted: [(text: String, value: JSON)] = [
        ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("0", .number("0")), ("-0", .number("-0")),
        ("1.0", .number("1.0")), ("-12.5e+10", .number("-12.5e+10")), ("1E400", .number("1E400")),
        ("123456789012345678901234567890", .number("123456789012345678901234567890")),
        (#""""#, .string("")), (#""é🎮""#, .string("é🎮")), (#""\u00e9\ud83c\udfae""#, .string("é🎮")),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")), (#""\u0000\u001F""#, .string("\u{0}\u{1F}")),
        ("\"\u{7F}\u{2028}\u{FFFF}\"", .string("\u{7F}\u{2028}\u{FFFF}")), (#""\uFFFF""#, .string("\u{FFFF}")),
        ("[]", .array([])), ("{}", .object([])), (" \t\r\n[ 1 , 2 ] \n", .array([.number("1"), .number("2")])),
        (#"{"a":{"b":[null]}}"#, .object([JSON.Member("a", .object([JSON.Member("b", .array([.null]))]))])),
        (#"{"":0,"A":1,"a":2}"#, .object([("", 0), ("A", 1), ("a", 2)].map { JSON.Member($0, .integer($1)) })),
    ]

    @Test(arguments: accepted)
    func `takes what RFC 8259 takes`(text: String, value: JSON) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "\u{FEFF}{}", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e",
        "1e+",
        "0x10", "1_000", "--1", "'a'", "\"a", "\"\\", "\"\\\"", #""\x""#, #""\u12""#, #""\u12G4""#, #""\U0041""#,
        #""\ud800""#, #""\ud800a""#, #""\ud800\u0041""#, #""\udc00""#, #""\udfae\ud83c""#, "\"\u{0}\"", "\"\u{1F}\"",
        "\"a\nb\"", "\"a\tb\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "}", "{]", "[}", #"{"a"}"#,
        #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{a:1}"#, #"{"a":1 "b":2}"#, #"{"a"::1}"#, #"{1:2}"#, #"{null:1}"#,
        "{} {}", "1 2", "[] x", "{}\u{0}", "// a\n1", "1 /* a */", "\u{A0}1", "\u{B}1", #"{"a":1,"a":1}"#,
        #"{"a":1,"b":2,"\u0061":3}"#, #"[{"x":{"a":1,"a":2}}]"#, "\u{200B}1", "[1\u{0}]", "undefined",
    ])
    func `refuses what is no JSON, or ambiguous`(text: String) {
        #expect(throws: JSONParser.SyntaxError.self) { try JSONParser.parse(text) }
    }

    static let brokenUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF],
        [0xF8, 0x88, 0x80, 0x80],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xFE], [0xFF], [0xC3], [0xE2, 0x82],
        [0xF0, 0x9F, 0x8E], [0xC3, 0x28], [0xE2, 0x28, 0xA1],
    ]

    @Test(arguments: brokenUTF8)
    func `refuses bytes that are not UTF-8`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for content in [bytes, Array("a".utf8) + bytes, bytes + Array("a".utf8), Array(#"\n"#.utf8) + bytes] {
            #expect(throws: JSONParser.SyntaxError.self) { try JSONParser.parse([quote] + content + [quote]) }
        }
        #expect(throws: JSONParser.SyntaxError.self) { try JSONParser.parse(bytes) }
    }

    @Test func `takes nesting up to its bound and no deeper`() throws {
        func nested(_ levels: Int, _ open: String, _ core: String, _ close: String) -> String {
            String(repeating: open, count: levels) + core + String(repeating: close, count: levels)
        }
        let max = JSONParser.depthMax
        for core in ["", "1"] { _ = try JSONParser.parse(nested(max, "[", core, "]")) }
        _ = try JSONParser.parse(nested(max, #"{"a":"#, "1", "}"))
        for text in [
            nested(max + 1, "[", "", "]"), nested(max + 1, "[", "1", "]"), nested(max, "[", "{}", "]"),
            nested(max + 1, #"{"a":"#, "1", "}"), String(repeating: "[", count: 200_000),
        ] {
            let error = #expect(throws: JSONParser.SyntaxError.self) { try JSONParser.parse(text) }
            #expect(error?.reason == "nested deeper than 32 levels")
        }
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, #"the member "a" stands twice at byte 7"#), ("[1,]", "unexpected character at byte 3"),
        ("{} x", "something follows the JSON value at byte 3"),
        ("", "the text ends where a value should stand at byte 0"),
        (#"{"a" 1}"#, "expected ':' after the member name at byte 5"), ("[1 2]", "expected ',' or ']' at byte 3"),
        ("tru", "expected true at byte 3"), (#"["a"#, "a string does not end at byte 1"),
    ])
    func `says what is wrong, and where`(text: String, complaint: String) {
        let error = #expect(throws: JSONParser.SyntaxError.self) { try JSONParser.parse(text) }
        #expect(error?.description == complaint)
    }

    @Test(arguments: 0..<300)
    func `reads what was written as the same value`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let value = random.json(depth: 5)
        #expect(try JSONParser.parse(value.bytes) == value)
        #expect(try JSONParser.parse(value.bytes).bytes == value.bytes)
    }

    @Test func `survives every mutation of a text`() {
        var random = SeededRandom(seed: 1)
        let text = Array(#"{"a":[1,-2.5e3,"x\n\u00e9\ud83c\udfae"],"b":{"c":true,"d":null}}"#.utf8)
        var refused = 0
        for _ in 0..<20_000 where (try? JSONParser.parse(random.mutation(of: text))) == nil { refused += 1 }
        #expect(refused > 10_000)
    }

    @Test(arguments: [
        ("3", 3), ("3.0", 3), ("3e0", 3), ("30e-1", 3), ("-0", 0), ("1e3", 1000), ("3.5", nil), ("1e400", nil),
        ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("-9223372036854775808", Int.min),
    ])
    func `knows a whole number however it is written`(text: String, value: Int?) throws {
        #expect(try JSONParser.parse(text).integer == value)
    }

    @Test func `keeps apart what only looks the same`() throws {
        let composed = try JSONParser.parse(#"{"é":"é"}"#),
            decomposed = try JSONParser.parse("{\"e\u{301}\":\"e\u{301}\"}")
        #expect(composed != decomposed)
        #expect(JSON.string("é") != .string("e\u{301}"))
        #expect(try JSONParser.parse(#"{"a":1,"b":2}"#) == JSONParser.parse(#"{"b":2,"a":1}"#))
        #expect(try JSONParser.parse(#"{"a":1}"#) != JSONParser.parse(#"{"a":1.0}"#))
        #expect(try JSONParser.parse(#"{"a":1}"#) != JSONParser.parse(#"{"a":1,"b":2}"#))
        #expect(JSONText(stored: #"{"a":"é"}"#.utf8) != JSONText(stored: "{\"a\":\"e\u{301}\"}".utf8))
        #expect(JSONText(stored: #"{"a":1,"b":2}"#.utf8) == JSONText(stored: #"{ "b": 2, "a": 1 }"#.utf8))
    }
}
