import Domain
import TestTools
import Testing

@Suite("A stored object")
struct StoredObjectTests {
    private func read<Value>(_ text: String, _ body: (StoredObject) throws -> Value) throws -> Value {
        try Array(text.utf8).withUnsafeBufferPointer { try body(try StoredObject($0)) }
    }

    @Test func `gives its members`() throws {
        let text = #"{"s":"a\"}\n","t":true,"f":false,"i":-42,"n":null,"o":{"s":[1,{"x":"]"}]},"a":["}",2]}"#
        try read(text) { (object) throws in
            #expect(try object.string("s") == "a\"}\n")
            #expect(try object.bool("t") == true && object.bool("f") == false)
            #expect(try object.integer("i") == -42)
            #expect(object.raw("n") == nil && object.raw("absent") == nil)
            #expect(object.raw("o").map { String(decoding: $0, as: UTF8.self) } == #"{"s":[1,{"x":"]"}]}"#)
            #expect(object.raw("a").map { String(decoding: $0, as: UTF8.self) } == #"["}",2]"#)
        }
    }

    @Test(arguments: [
        "", "{", "}", "x", "[]", "null", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a:1}"#, #"{a:1}"#, #"{"a":"}"#,
    ])
    func `is refused when the bytes are not an object`(text: String) {
        #expect(throws: StoredObject.Unreadable.self) { try read(text) { _ in } }
    }

    @Test func `names the member that is not what it should be`() throws {
        try read(#"{"a":1,"b":"x","c":"\ud800"}"#) { (object) throws in
            #expect(throws: StoredObject.Unreadable.self) { try object.string("a") }
            #expect(throws: StoredObject.Unreadable.self) { try object.bool("b") }
            #expect(throws: StoredObject.Unreadable.self) { try object.integer("b") }
            #expect(throws: StoredObject.Unreadable.self) { try object.string("c") }
            let error = #expect(throws: StoredObject.Unreadable.self) { try object.require("d", StoredObject.string) }
            #expect(error?.description == "d is missing")
        }
    }

    @Test(arguments: 0..<100)
    func `agrees with the parser on everything that the writer wrote`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let text = random.text(lengthMax: 30), value = random.json(depth: 3)
        let json = JSON.object([JSON.Member("before", value), JSON.Member("text", .string(text))])
        try read(json.text) { (object) throws in
            #expect(try object.string("text").map { Array($0.utf8) } == Array(text.utf8))
            #expect(object.raw("before").map(Array.init) == (value == .null ? nil : value.bytes))
        }
    }

    /// Damage on the disk must become an error of one stream, never a crash of the process.
    @Test(arguments: try Sample.all())
    func `of damaged bytes throws or answers, and never crashes`(sample: Sample) {
        var random = SeededRandom(seed: UInt64(sample.data.count))
        var refused = 0
        for _ in 0..<3000 {
            let damaged = random.mutation(of: sample.data)
            if !Self.survives(damaged, type: sample.type, version: sample.version) { refused += 1 }
        }
        #expect(refused > 500)
    }

    private static func survives(_ bytes: [UInt8], type: String, version: Int) -> Bool {
        bytes.withUnsafeBufferPointer { data in
            do {
                switch type.prefix(while: { $0 != "." }) {
                case "account": _ = try Account.Event(type: type, schemaVersion: version, data: data).data
                case "bot": _ = try Bot.Event(type: type, schemaVersion: version, data: data).data
                case "provider": _ = try Provider.Event(type: type, schemaVersion: version, data: data).data
                case "bot_module": _ = try BotModule.Event(type: type, schemaVersion: version, data: data).data
                default:
                    _ = try EventMetadata.actorID(data)
                    _ = try EventMetadata.correlationID(data)
                }
                return true
            } catch {
                return false
            }
        }
    }
}
