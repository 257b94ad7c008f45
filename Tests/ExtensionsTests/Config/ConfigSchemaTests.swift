import Domain
import Extensions
import Testing

@Suite("The settings of an extension")
struct ConfigSchemaTests {
    private static let json: JSON = [
        "welcome": ["type": "string", "required": true, "max_length": 10, "pattern": "^[a-z]+$"],
        "points": ["type": "integer", "min": 1, "max": 5, "default": 2], "factor": ["type": "number", "min": 0],
        "loud": ["type": "boolean", "default": false], "mode": ["type": "select", "options": ["soft", "hard"]],
        "days": ["type": "multi_select", "options": ["mo", ["value": "tu", "label": "Tuesday"]], "min_items": 1],
        "words": ["type": "string_list", "max_items": 2, "max_length": 3], "tint": ["type": "color"],
        "link": ["type": "url"], "poem": ["type": "text"],
    ]

    private func check(_ config: JSON) -> [String] {
        complaints { () throws(ValidationFailed) in _ = try ConfigSchema(Self.json).settings(from: config) }
    }

    @Test func `are filled with defaults, in the author's order`() throws {
        let settings = try ConfigSchema(Self.json).settings(from: ["words": ["a"], "welcome": "hi", "tint": .null])
        #expect(settings.text == #"{"welcome":"hi","points":2,"loud":false,"words":["a"]}"#)
    }

    @Test func `are taken when they are right`() {
        #expect(
            check([
                "welcome": "hello", "points": 5, "factor": .number("0.5"), "loud": true, "mode": "hard",
                "days": ["tu", "mo"], "words": ["a", "bcd"], "tint": "#Ff8800", "link": "https://example.com/?a=b",
                "poem": "two\nlines",
            ]) == [])
    }

    static let wrong: [(JSON, [String])] = [
        ([:], ["config.welcome required"]), (["welcome": .null], ["config.welcome required"]),
        ([], ["config wrong_type"]), (["welcome": 1], ["config.welcome wrong_type"]),
        (["welcome": "HI"], ["config.welcome pattern_mismatch"]),
        (["welcome": "abcdefghijk"], ["config.welcome out_of_range"]),
        (["welcome": "a", "points": "3"], ["config.points wrong_type"]),
        (["welcome": "a", "points": 6], ["config.points out_of_range"]),
        (["welcome": "a", "points": .number("2.5")], ["config.points wrong_type"]),
        (["welcome": "a", "loud": "true"], ["config.loud wrong_type"]),
        (["welcome": "a", "loud": 1], ["config.loud wrong_type"]),
        (["welcome": "a", "mode": "Hard"], ["config.mode not_an_option"]),
        (["welcome": "a", "days": []], ["config.days out_of_range"]),
        (
            ["welcome": "a", "days": ["mo", "we", "mo"]],
            ["config.days.1 not_an_option", "config.days.2 not_an_option"]
        ),
        (["welcome": "a", "words": ["long", 1]], ["config.words.0 out_of_range", "config.words.1 wrong_type"]),
        (["welcome": "a", "words": "a"], ["config.words wrong_type"]),
        (["welcome": "a", "tint": "red"], ["config.tint pattern_mismatch"]),
        (["welcome": "a", "link": "javascript:alert(1)"], ["config.link pattern_mismatch"]),
        (["welcome": "a", "pionts": 3], ["config.pionts unknown_setting"]),
        (
            ["points": 0, "factor": -1, "nothing": 1],
            [
                "config.welcome required", "config.points out_of_range", "config.factor out_of_range",
                "config.nothing unknown_setting",
            ]
        ),
    ]

    @Test(arguments: wrong)
    func `are refused with everything that is wrong, and never converted`(config: JSON, failures: [String]) {
        #expect(check(config) == failures)
    }

    static let wrongSchemas: [(JSON, String)] = [
        (["type": "integer", "default": "1"], "default wrong_type"),
        (["type": "integer", "min": 5, "default": 1], "default out_of_range"),
        (["type": "select", "options": ["a"], "default": "b"], "default not_an_option"),
        (["type": "string", "pattern": "^a$", "default": "b"], "default pattern_mismatch"),
        (["type": "string", "pattern": "(?=a)"], "pattern invalid_pattern"),
        (["type": "string", "pattern": #"(a)\1"#], "pattern invalid_pattern"),
        (["type": "string", "min": 1], "min not_allowed"),
        (["type": "integer", "max_length": 1], "max_length not_allowed"),
        (["type": "number", "min": 2, "max": 1], "min out_of_range"), (["type": "select"], "options required"),
        (["type": "select", "options": []], "options required"),
        (["type": "select", "options": ["a", "a"]], "options.1 duplicate"), ([:], "type required"),
        (["type": "string", "requird": true], "requird unknown_field"),
    ]

    @Test(arguments: wrongSchemas)
    func `are specified in a way that means something`(spec: JSON, failure: String) {
        let found = complaints { () throws(ValidationFailed) in _ = try ConfigSchema(["a": spec]) }
        #expect(found.contains("config_schema.a.\(failure)"), "\(found)")
    }

    @Test func `have names that programs can use`() {
        let schema: JSON = ["1a": ["type": "text"], "a-b": ["type": "text"], "": ["type": "text"]]
        #expect(complaints { () throws(ValidationFailed) in _ = try ConfigSchema(schema) }.count == 3)
    }
}
