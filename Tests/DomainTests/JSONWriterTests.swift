import Domain
import Foundation
import TestTools
import Testing

@Suite("The JSON writer")
struct JSONWriterTests {
    @Test func `escapes what must be escaped, and nothing else`() {
        let text = "\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/\u{7F}\u{80}é\u{2028}🎮"
        let escaped = #""\u0000\u0001\u0008\t\n\u000b\u000c\r\u001f \"\\/"# + "\u{7F}\u{80}é\u{2028}🎮\""
        #expect(JSON.string(text).text == escaped)
    }

    @Test func `sets its commas itself`() {
        var writer = JSONWriter()
        writer.object { object in
            object.member("a", 1)
            object.name("b")
            object.array { array in
                array.object { _ in }
                array.array { _ in }
                array.integer(-5)
                array.integer(Int.min)
                array.null()
            }
            object.member("c", orNull: nil)
            object.member("d", ifPresent: nil)
            object.member("e", false)
            object.name("f")
            object.raw("[0]".utf8)
            object.member("g", "h")
        }
        let text = #"{"a":1,"b":[{},[],-5,-9223372036854775808,null],"c":null,"e":false,"f":[0],"g":"h"}"#
        #expect(writer.text == text)
    }

    @Test(arguments: 0..<300)
    func `writes what Foundation reads as the same value`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let value = random.json(depth: 4)
        let oracle = try JSONSerialization.jsonObject(with: Data(value.bytes), options: .fragmentsAllowed)
        #expect(Self.same(value, oracle), "\(value.text)")
    }

    @Test(arguments: 0..<300)
    func `has a parser that reads what Foundation writes`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let text = random.text(lengthMax: 60), flag = random.chance(50),
            count = Int.random(in: -9...999, using: &random)
        let object: [String: Any] = ["text": text, "flag": flag, "list": [count, NSNull(), [text]]]
        let parsed = try JSONParser.parse(Array(try JSONSerialization.data(withJSONObject: object)))
        let expected: [(String, JSON)] = [
            ("flag", .bool(flag)), ("text", .string(text)),
            ("list", .array([.integer(count), .null, .array([.string(text)])])),
        ]
        #expect(parsed == .object(expected.map { JSON.Member($0, $1) }))
    }

    private static func same(_ json: JSON, _ oracle: Any) -> Bool {
        switch json {
        case .null: oracle is NSNull
        case .bool(let flag): oracle as? Bool == flag
        case .number(let literal): oracle as? Double == Double(literal)
        case .string(let text): (oracle as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
        case .array(let values):
            (oracle as? [Any]).map { $0.count == values.count && zip(values, $0).allSatisfy(same) } ?? false
        case .object(let members):
            (oracle as? [String: Any]).map { object in
                object.count == members.count && members.allSatisfy { same($0.value, object[$0.name] as Any) }
            } ?? false
        }
    }
}
