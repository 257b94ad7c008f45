import Domain
import TestTools
import Testing

@Suite("A reader of bodies")
struct ObjectReaderTests {
    private func reader(_ text: String, path: String = "") throws -> ObjectReader {
        ObjectReader(try JSONParser.parse(text), path: path)
    }

    private func failures(_ reader: ObjectReader) -> [String] {
        reader.failures.map { "\($0.path) \($0.code)" }
    }

    @Test func `lists every failure at once`() throws {
        var reader = try reader(
            #"{"flag": "yes", "count": 11, "name": "", "long": "abcd", "list": [1, 2], "choice": "kik", "extra": 1}"#)
        #expect(reader.bool("flag") == nil)
        #expect(reader.integer("count", in: 1...10) == nil)
        #expect(reader.string("name", lengthMin: 1, lengthMax: 9) == nil)
        #expect(reader.string("long", lengthMax: 3) == nil)
        #expect(reader.array("list", countMax: 1) == nil)
        #expect(reader.choice("choice", of: Platform.self) == nil)
        #expect(reader.require("absent", reader.bool("absent")) == nil)
        let error = #expect(throws: ValidationFailed.self) { try reader.finish() }
        #expect(
            error?.failures.map { "\($0.path) \($0.code)" } == [
                "flag wrong_type", "count out_of_range", "name too_short", "long too_long", "list too_many",
                "choice not_allowed", "absent required", "extra unknown_field",
            ])
    }

    @Test func `gives what is right`() throws {
        var reader = try reader(
            #"{"flag": true, "count": 10.0, "name": "é🎮", "list": [], "choice": "kick", "object": {"a": 1}}"#)
        #expect(reader.bool("flag") == true)
        #expect(reader.integer("count", in: 1...10) == 10)
        #expect(reader.string("name", lengthMin: 2, lengthMax: 2) == "é🎮")
        #expect(reader.array("list", countMax: 0) == [])
        #expect(reader.choice("choice", of: Platform.self) == .kick)
        #expect(reader.object("object")?["a"]?.integer == 1)
        try reader.finish()
    }

    @Test func `counts Unicode scalars, not letters`() throws {
        var reader = try reader("{\"a\": \"e\u{301}\", \"b\": \"e\u{301}\"}")
        #expect(reader.string("a", lengthMax: 2) != nil)
        #expect(reader.string("b", lengthMax: 1) == nil)
        #expect(reader.failures.first?.message == "has 2 characters; at most 1 are taken")
    }

    @Test func `takes null as absent, and still knows that it was sent`() throws {
        var reader = try reader(#"{"until": null}"#)
        #expect(reader.value("until") == nil)
        #expect(reader.sent("until"))
        #expect(!reader.sent("reason"))
        try reader.finish()
    }

    @Test func `names a member once when it is of the wrong kind and required`() throws {
        var reader = try reader(#"{"paused": "yes"}"#)
        #expect(reader.require("paused", reader.bool("paused")) == nil)
        #expect(failures(reader) == ["paused wrong_type"])
    }

    @Test func `suggests the member that was meant`() throws {
        var reader = try reader(#"{"pausd": true, "zzzzzzzz": 1}"#)
        _ = reader.bool("paused")
        _ = reader.string("reason", lengthMax: 500)
        reader.refuseUnknown()
        #expect(
            reader.failures.map(\.message) == [
                "is not a known field: did you mean paused?", "is not a known field: known are paused, reason",
            ])
    }

    @Test(arguments: [
        ("[]", "an array"), ("null", "null"), ("1", "a number"), (#""a""#, "a string"), ("true", "a boolean"),
    ])
    func `wants an object`(text: String, kind: String) throws {
        var reader = try reader(text, path: "config")
        #expect(reader.bool("a") == nil)
        let error = #expect(throws: ValidationFailed.self) { try reader.finish() }
        #expect(error?.description == "config: must be a JSON object, not \(kind)")
    }

    @Test func `says where a member stands`() throws {
        var reader = try reader(#"{"a": 1}"#, path: "config.messages.2")
        _ = reader.bool("a")
        reader.add([Failure(path: "elsewhere", code: "required", message: "is required")])
        #expect(failures(reader) == ["config.messages.2.a wrong_type", "elsewhere required"])
        #expect(reader.failures.first?.message == "must be true or false, not a number")
    }

    @Test func `names the choices, and the nearest`() {
        let platforms = Platform.allCases.map(\.rawValue)
        #expect(
            NotAllowed.message("twich", among: platforms)
                == "must be one of twitch, youtube, kick, trovo, discord (did you mean twitch?)")
        #expect(
            NotAllowed.message("mastodon", among: platforms) == "must be one of twitch, youtube, kick, trovo, discord")
    }
}

@Suite("The edit distance")
struct EditDistanceTests {
    @Test(arguments: [
        ("reson", "reason"), ("RAESON", "reason"), ("pausd", "paused"), ("untill", "until"), ("until", "until"),
        ("xxxxxxx", nil), ("warning_mesage", "warning_message"), (String(repeating: "a", count: 65), nil),
    ])
    func `finds the name that was meant`(name: String, candidate: String?) {
        let candidates = ["paused", "reason", "until", "warning_message"]
        #expect(EditDistance.nearest(to: name, among: candidates) == candidate)
    }

    @Test func `finds nothing among nothing`() {
        #expect(EditDistance.nearest(to: "a", among: []) == nil)
        #expect(EditDistance.nearest(to: "", among: ["paused"]) == nil)
    }

    @Test(arguments: 0..<200)
    func `is what the textbook's recursion says`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let left = String(
            (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(["a", "b", "c"]) }.joined())
        let right = String(
            (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(["a", "b", "c"]) }.joined())
        let isNear = EditDistance.nearest(to: left, among: [right]) != nil
        #expect(isNear == (Self.recursion(left[...], right[...]) <= max(2, right.count / 3)))
    }

    private static func recursion(_ left: Substring, _ right: Substring) -> Int {
        guard let first = left.first, let other = right.first else { return left.count + right.count }
        if first == other { return recursion(left.dropFirst(), right.dropFirst()) }
        return 1
            + min(
                recursion(left.dropFirst(), right), recursion(left, right.dropFirst()),
                recursion(left.dropFirst(), right.dropFirst()))
    }
}
