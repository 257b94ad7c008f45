import Domain
import Extensions
import Testing

@Suite("Overridden triggers")
struct TriggerOverridesTests {
    private func resolve(_ overrides: JSON) throws -> [ExtensionTrigger] {
        try TriggerOverrides.resolve(try Manifest(Samples.manifest).triggers, with: overrides)
    }

    @Test func `listen to what the account says, and keep the rest`() throws {
        let triggers = try resolve([
            "rank": ["prefix": "?"], "keyword-1": ["keywords": ["hallo"]], "pattern-1": ["pattern": "x+"],
        ])
        #expect(triggers[0].condition == .command(prefix: "?", name: "rank", cooldownSeconds: 5))
        #expect(triggers[1].condition == .keywords(["hallo"]))
        #expect(triggers[2].condition == .pattern(.init(source: "x+")))
        #expect(Array(triggers[3...]) == Array(try resolve([:])[3...]))
        #expect(
            try resolve(["rank": ["command": "place"]])[0].condition
                == .command(
                    prefix: "!", name: "place", cooldownSeconds: 5))
    }

    @Test func `are restored by null`() throws {
        #expect(try resolve(["rank": .null]) == resolve([:]))
        #expect(
            TriggerOverrides.kept(["rank": .null, "keyword-1": ["keywords": ["a"]]]) == [
                "keyword-1": ["keywords": ["a"]]
            ])
    }

    static let wrong: [(JSON, String)] = [
        (["rnak": ["prefix": "?"]], "overrides.rnak unknown_field"),
        (["rank": ["keywords": ["a"]]], "overrides.rank.keywords unknown_field"),
        (["rank": [:]], "overrides.rank required"), (["rank": "x"], "overrides.rank wrong_type"),
        (["rank": ["cooldown": 0]], "overrides.rank.cooldown unknown_field"),
        (["fixed": ["keywords": ["a"]]], "overrides.fixed not_overridable"),
        (["reminder": ["every": 90]], "overrides.reminder not_overridable"),
        (["keyword-1": ["keywords": []]], "overrides.keyword-1.keywords required"),
        (["pattern-1": ["pattern": ""]], "overrides.pattern-1.pattern too_short"),
    ]

    @Test(arguments: wrong)
    func `are refused`(overrides: JSON, failure: String) throws {
        let triggers = try Manifest(Samples.manifest).triggers
        let found = complaints { () throws(ValidationFailed) in
            _ = try TriggerOverrides.resolve(triggers, with: overrides)
        }
        #expect(found.contains(failure), "\(found)")
    }
}
