import Domain
import Extensions
import Testing

@Suite("An account's overrides")
struct TriggerOverridesTests {
    private static let triggers = #"""
        {"triggers": [
          {"id": "rank", "type": "command", "default": {"command": "rank", "cooldown": 5}, "overridable": true},
          {"id": "top", "type": "command", "overridable": false, "default": {"command": "top"}},
          {"id": "words", "type": "keyword", "default": {"keywords": ["enter"]}, "overridable": true},
          {"id": "sum", "type": "pattern", "default": {"pattern": "\\d+", "flags": "i"}, "overridable": true},
          {"id": "moderate", "type": "moderate"}]}
        """#

    private func resolved(_ overrides: String) throws -> [ExtensionTrigger.Condition] {
        try TriggerOverrides.resolve(Given.manifest(Self.triggers).triggers, with: JSONParser.parse(overrides))
            .map(\.condition)
    }

    private func failures(_ overrides: String) throws -> [String] {
        let manifest = try Given.manifest(Self.triggers), json = try JSONParser.parse(overrides)
        return complaints { () throws(ValidationFailed) in
            _ = try TriggerOverrides.resolve(manifest.triggers, with: json)
        }
    }

    @Test func `take the place of the defaults, member by member`() throws {
        let overrides = #"{"rank": {"command": "rang"}, "words": {"keywords": ["dabei"]}, "sum": {"pattern": "[0-9]"}}"#
        #expect(
            try resolved(overrides) == [
                .command(prefix: "!", name: "rang", cooldownSeconds: 5),
                .command(prefix: "!", name: "top", cooldownSeconds: 0), .keywords(["dabei"]),
                .pattern(.init(source: "[0-9]", flags: "i")), .moderate,
            ])
    }

    @Test(arguments: [("", "i"), (#", "flags": "s""#, "s"), (#", "flags": """#, "")])
    func `keep the flags of a pattern, unless they say others`(flags: String, expected: String) throws {
        #expect(
            try resolved(#"{"sum": {"pattern": "[a-f]+"\#(flags)}}"#)[3]
                == .pattern(.init(source: "[a-f]+", flags: expected)))
    }

    @Test(arguments: ["{}", #"{"rank": null, "words": null, "top": null, "sum": null}"#])
    func `restore the defaults with null`(overrides: String) throws {
        #expect(try resolved(overrides) == Given.manifest(Self.triggers).triggers.map(\.standard.condition))
    }

    @Test(arguments: [
        ("[]", ["overrides wrong_type"]),
        (#"{"rank": "rang"}"#, ["overrides.rank wrong_type"]),
        (#"{"rang": {}}"#, ["overrides.rang unknown_field"]),
        (#"{"top": {"command": "best"}}"#, ["overrides.top not_overridable"]),
        (#"{"moderate": {}}"#, ["overrides.moderate not_overridable"]),
        (#"{"rank": {"command": "r", "cooldown": 0}}"#, ["overrides.rank.cooldown unknown_field"]),
        (#"{"rank": {"command": "top"}}"#, ["overrides.top duplicate"]),
        (
            #"{"rank": {"prefix": "", "command": 7}, "words": {"keywords": []}, "sum": {"pattern": "(a"}}"#,
            [
                "overrides.rank.command wrong_type", "overrides.rank.prefix too_short",
                "overrides.words.keywords required",
                "overrides.sum.pattern invalid_pattern",
            ]
        ),
        (#"{"sum": {"pattern": "(?=a)"}}"#, ["overrides.sum.pattern invalid_pattern"]),
        (#"{"sum": {"pattern": "a?"}}"#, ["overrides.sum.pattern matches_empty"]),
    ])
    func `are refused with every reason`(overrides: String, expected: [String]) throws {
        #expect(try failures(overrides) == expected)
    }

    @Test func `may swap the names of two commands`() throws {
        let both = Self.triggers.replacing(
            #""overridable": false"#, with: #""overridable": true"#)
        let triggers = try TriggerOverrides.resolve(
            Given.manifest(both).triggers,
            with: JSONParser.parse(#"{"rank": {"command": "top"}, "top": {"command": "rank"}}"#))
        #expect(triggers[0].condition == .command(prefix: "!", name: "top", cooldownSeconds: 5))
    }
}
