import Domain
import Extensions
import Testing

@Suite("An extension's settings")
struct SettingsTests {
    private static let fields = #"""
        {"welcome": {"type": "string", "label": "Welcome", "default": "Hello", "min_length": 2, "max_length": 10},
         "rules": {"type": "text", "required": true},
         "points": {"type": "integer", "min": 1, "max": 100, "default": 5},
         "factor": {"type": "number", "min": 0.5},
         "loud": {"type": "boolean", "default": false},
         "mode": {"type": "select", "options": ["soft", {"value": "hard", "label": "Hard"}], "default": "soft"},
         "days": {"type": "multi_select", "options": ["mo", "tu", "we"], "min_items": 1, "max_items": 2},
         "words": {"type": "string_list", "max_length": 5, "max_items": 3, "pattern": "^[a-z]+$"},
         "tint": {"type": "color"}, "page": {"type": "url"}, "key": {"type": "string", "pattern": "^k-[0-9]{3}$"}}
        """#

    private func settings(_ config: String) throws -> String {
        let json = try Given.schema(Self.fields).settings(from: JSONParser.parse(config))
        var writer = JSONWriter()
        writer.value(json)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func failures(_ config: String) throws -> [String] {
        let schema = try Given.schema(Self.fields), json = try JSONParser.parse(config)
        return complaints { () throws(ValidationFailed) in _ = try schema.settings(from: json) }
    }

    @Test func `are filled with their defaults, in the order of the form`() throws {
        #expect(
            try settings(#"{"loud": true, "rules": "be kind", "welcome": null}"#)
                == #"{"welcome":"Hello","rules":"be kind","points":5,"loud":true,"mode":"soft"}"#)
    }

    @Test func `are required only where no default fills them`() throws {
        #expect(try failures("{}") == ["config.rules required"])
        let schema = try Given.schema(#"{"a": {"type": "string", "required": true, "default": "x"}}"#)
        #expect(try schema.settings(from: .emptyObject) == .object([JSON.Member("a", "x")]))
    }

    @Test(arguments: [
        (#"{"points": "5"}"#, "config.points wrong_type"), (#"{"points": 5.5}"#, "config.points wrong_type"),
        (#"{"points": true}"#, "config.points wrong_type"), (#"{"points": 0}"#, "config.points out_of_range"),
        (#"{"points": 101}"#, "config.points out_of_range"), (#"{"points": 1e400}"#, "config.points wrong_type"),
        (#"{"factor": 0.49}"#, "config.factor out_of_range"), (#"{"factor": 1e999}"#, "config.factor wrong_type"),
        (#"{"factor": "1"}"#, "config.factor wrong_type"), (#"{"loud": "true"}"#, "config.loud wrong_type"),
        (#"{"loud": 1}"#, "config.loud wrong_type"), (#"{"mode": "Soft"}"#, "config.mode not_an_option"),
        (#"{"mode": ["soft"]}"#, "config.mode wrong_type"), (#"{"days": []}"#, "config.days out_of_range"),
        (#"{"days": ["mo", "tu", "we"]}"#, "config.days out_of_range"),
        (#"{"days": ["mo", "mo"]}"#, "config.days.1 not_an_option"),
        (#"{"days": ["su"]}"#, "config.days.0 not_an_option"), (#"{"days": "mo"}"#, "config.days wrong_type"),
        (#"{"words": ["a", 1]}"#, "config.words.1 wrong_type"),
        (#"{"words": ["abcdef"]}"#, "config.words.0 out_of_range"),
        (#"{"words": ["A"]}"#, "config.words.0 pattern_mismatch"),
        (#"{"words": ["a", "b", "c", "d"]}"#, "config.words out_of_range"),
        (#"{"welcome": "x"}"#, "config.welcome out_of_range"),
        (#"{"welcome": "12345678901"}"#, "config.welcome out_of_range"),
        (#"{"welcome": "a\nb"}"#, "config.welcome pattern_mismatch"),
        (#"{"tint": "red"}"#, "config.tint pattern_mismatch"),
        (##"{"tint": "#1A2b3"}"##, "config.tint pattern_mismatch"),
        (#"{"page": "ftp://example.com"}"#, "config.page pattern_mismatch"),
        (#"{"page": "https://"}"#, "config.page pattern_mismatch"),
        (#"{"page": "javascript:alert(1)"}"#, "config.page pattern_mismatch"),
        (#"{"key": "K-123"}"#, "config.key pattern_mismatch"), (#"{"key": "k-1234"}"#, "config.key pattern_mismatch"),
        (#"{"welcom": "Hi"}"#, "config.welcom unknown_setting"),
    ])
    func `are never converted, and refused by name`(config: String, failure: String) throws {
        #expect(try failures(String(config.dropLast()) + #", "rules": "r"}"#) == [failure])
    }

    @Test(arguments: [
        #"{"points": 5.0}"#, #"{"points": 1e1}"#, #"{"factor": 0.5}"#, #"{"days": ["we", "mo"]}"#,
        #"{"words": []}"#, ##"{"tint": "#1a2B3c"}"##, #"{"page": "HTTPS://example.com:8443/a?b#c"}"#,
        #"{"key": "k-123"}"#, #"{"mode": "hard"}"#,
    ])
    func `are taken as they were given`(config: String) throws {
        #expect(try failures(String(config.dropLast()) + #", "rules": "line\nline"}"#).isEmpty)
    }

    @Test func `fail with everything at once`() throws {
        #expect(
            try failures(#"{"points": "1", "loud": 0, "mode": "x", "nope": 1, "tint": ""}"#) == [
                "config.rules required", "config.points wrong_type", "config.loud wrong_type",
                "config.mode not_an_option", "config.tint pattern_mismatch", "config.nope unknown_setting",
            ])
        #expect(try failures("[]") == ["config wrong_type"])
    }

    @Test(arguments: [
        (#"{"a": {}}"#, "a.type required"), (#"{"a": {"type": "date"}}"#, "a.type not_allowed"),
        (#"{"a": "string"}"#, "a wrong_type"), (#"{"1a": {"type": "string"}}"#, "1a not_allowed"),
        (#"{"a": {"type": "string", "default": 5}}"#, "a.default wrong_type"),
        (#"{"a": {"type": "string", "default": "xyz", "max_length": 2}}"#, "a.default out_of_range"),
        (#"{"a": {"type": "select", "options": ["x"], "default": "y"}}"#, "a.default not_an_option"),
        (#"{"a": {"type": "select"}}"#, "a.options required"),
        (#"{"a": {"type": "select", "options": []}}"#, "a.options required"),
        (#"{"a": {"type": "select", "options": ["x", "x"]}}"#, "a.options.1 duplicate"),
        (#"{"a": {"type": "string", "options": ["x"]}}"#, "a.options not_allowed"),
        (#"{"a": {"type": "boolean", "min": 1}}"#, "a.min not_allowed"),
        (#"{"a": {"type": "integer", "min": 2, "max": 1}}"#, "a.min out_of_range"),
        (#"{"a": {"type": "integer", "min": "2"}}"#, "a.min wrong_type"),
        (#"{"a": {"type": "string", "pattern": "(?=x)"}}"#, "a.pattern invalid_pattern"),
        (#"{"a": {"type": "string", "pattern": "(x"}}"#, "a.pattern invalid_pattern"),
        (#"{"a": {"type": "string", "min_length": -1}}"#, "a.min_length out_of_range"),
    ])
    func `have a form whose own mistakes are told`(fields: String, failure: String) throws {
        #expect(try Given.failures(#"{"config_schema": \#(fields)}"#) == ["config_schema.\(failure)"])
    }

    /// A pattern is the author's, the text the account's: neither can make the check slow.
    @Test func `are checked in linear time`() throws {
        let schema = try Given.schema(#"{"a": {"type": "string", "max_length": 500, "pattern": "^(a+)+$"}}"#)
        let text = JSON.string(String(repeating: "a", count: 499) + "!")
        let start = ContinuousClock.now
        let failures = complaints { () throws(ValidationFailed) in _ = try schema.settings(from: ["a": text]) }
        #expect(failures == ["config.a pattern_mismatch"])
        #expect(ContinuousClock.now - start < .seconds(1))
    }
}
