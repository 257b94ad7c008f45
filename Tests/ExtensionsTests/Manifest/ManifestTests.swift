import Domain
import Extensions
import Testing

@Suite("A manifest")
struct ManifestTests {
    @Test func `says what an extension is`() throws {
        let manifest = try Manifest(Samples.manifest)
        #expect(manifest.name == "Ranks" && manifest.version.description == "1.2.0" && manifest.main == "main.js")
        #expect(manifest.permissions == [.chatSend, .network] && manifest.level == .standard)
        #expect(manifest.egress == Egress(allowHosts: ["api.example.com", "*.example.org"], allowPorts: [443]))
        #expect(manifest.visibility == .public && manifest.exemptRoles.roles == ["moderator"])
        #expect(
            manifest.triggers.map(\.standard) == [
                ExtensionTrigger(id: "rank", .command(prefix: "!", name: "rank", cooldownSeconds: 5)),
                ExtensionTrigger(id: "keyword-1", .keywords(["enter", "join"])),
                ExtensionTrigger(id: "pattern-1", .pattern(.init(source: #"^!(\w+)$"#, flags: "i"))),
                ExtensionTrigger(id: "twitch:raid", .event("twitch:raid")),
                ExtensionTrigger(id: "fixed", .keywords(["fixed"])),
                ExtensionTrigger(id: "reminder", .timer(everySeconds: 60)),
                ExtensionTrigger(id: "moderate", .moderate),
            ])
        #expect(manifest.triggers.map(\.isOverridable) == [true, true, true, false, false, false, false])
        #expect(try Manifest(stored: manifest.text) == manifest)
    }

    @Test func `is private, and may do nothing, unless it says so`() throws {
        let bare = Samples.manifest("permissions", nil).members?.filter { !["egress", "visibility"].contains($0.name) }
        let manifest = try Manifest(.object(bare ?? []))
        #expect(manifest.visibility == .private && manifest.permissions.isEmpty && manifest.egress == .nowhere)
    }

    @Test func `of chat:ban is reviewed twice`() throws {
        let manifest = Samples.manifest("permissions", ["chat:ban", "network"])
        #expect(try Manifest(manifest).level == .enhanced)
    }

    static let wrong: [(String, JSON?, [String])] = [
        ("extensionId", nil, ["extensionId required"]), ("extensionId", "X", ["extensionId not_allowed"]),
        ("name", " ", ["name blank"]), ("name", 1, ["name wrong_type"]), ("version", "1.2", ["version not_allowed"]),
        ("category", "widget", ["category not_allowed"]), ("main", "../a.js", ["main not_allowed"]),
        ("main", "a.css", ["main not_allowed"]), ("permissions", ["chat:*", "network"], ["permissions.0 not_allowed"]),
        ("permissions", ["network", "network"], ["permissions.1 duplicate"]),
        ("permissions", [], ["egress not_allowed"]), ("egress", nil, ["egress required"]),
        ("egress", ["allowHosts": []], ["egress.allowHosts required"]),
        (
            "egress", ["allowHosts": ["127.0.0.1", "localhost", "*.com", "https://a.com", "a.*.com"]],
            (0..<5).map { "egress.allowHosts.\($0) invalid_domain" }
        ),
        ("egress", ["allowHosts": ["a.com"], "allowPorts": [0]], ["egress.allowPorts.0 out_of_range"]),
        ("visibility", "system", ["visibility not_allowed"]), ("triggers", [], ["triggers required"]),
        ("triggers", nil, ["triggers required"]), ("colour", 1, ["colour unknown_field"]),
        ("exempt_roles", ["owners": true], ["exempt_roles.owners unknown_field"]),
        ("config_schema", ["a": ["type": "date"]], ["config_schema.a.type not_allowed"]),
    ]

    @Test(arguments: wrong)
    func `is refused with what is wrong`(name: String, value: JSON?, failures: [String]) {
        #expect(
            complaints { () throws(ValidationFailed) in _ = try Manifest(Samples.manifest(name, value)) } == failures)
    }

    @Test func `is refused with all that is wrong at once`() {
        let found = complaints { () throws(ValidationFailed) in _ = try Manifest([:], path: "manifest") }
        #expect(
            Set(found) == [
                "manifest.extensionId required", "manifest.name required", "manifest.version required",
                "manifest.main required", "manifest.category required", "manifest.triggers required",
            ])
    }

    static let triggers: [(JSON, String)] = [
        (["id": "a", "type": "command"], "default required"),
        (["id": "a", "type": "command", "default": ["command": "a b"]], "default.command not_allowed"),
        (
            ["id": "a", "type": "command", "default": ["command": "a", "cooldown": -1]], "default.cooldown out_of_range"
        ),
        (["id": "a", "type": "keyword", "default": ["keywords": []]], "default.keywords required"),
        (["id": "a", "type": "keyword", "default": ["keywords": [""]]], "default.keywords.0 out_of_range"),
        (["id": "a", "type": "pattern", "default": ["pattern": "a", "flags": "gg"]], "default.flags not_allowed"),
        (["id": "a", "type": "event", "default": ["event": "twitch:follow"]], "default.event not_allowed"),
        (["id": "a", "type": "timer", "default": ["every": 59]], "default.every out_of_range"),
        (["id": "a", "type": "timer", "default": ["every": 60], "overridable": true], "overridable not_allowed"),
        (["id": "a", "type": "moderate", "default": ["every": 60]], "default.every unknown_field"),
        (["id": "a/b", "type": "moderate"], "id not_allowed"), (["id": "a", "type": "cron"], "type not_allowed"),
        (
            ["id": "a", "type": "pattern", "default": ["pattern": .string(String(repeating: "(", count: 51))]],
            "default.pattern too_deep"
        ),
        (
            ["id": "a", "type": "pattern", "default": ["pattern": .string(String(repeating: "x", count: 513))]],
            "default.pattern too_long"
        ),
    ]

    @Test(arguments: triggers)
    func `has triggers that can fire`(trigger: JSON, failure: String) {
        let found = complaints { () throws(ValidationFailed) in
            _ = try Manifest(Samples.manifest("triggers", [trigger]))
        }
        #expect(found.contains("triggers.0.\(failure)"), "\(found)")
    }

    @Test func `has each trigger and each command once`() {
        let rank: JSON = ["id": "rank", "type": "command", "default": ["command": "rank"]]
        let other: JSON = ["id": "other", "type": "command", "default": ["command": "rank", "cooldown": 9]]
        let found = complaints { () throws(ValidationFailed) in
            _ = try Manifest(Samples.manifest("triggers", [rank, rank, other]))
        }
        #expect(found == ["triggers.1.id duplicate", "triggers.2.default.command duplicate"])
    }

    @Test func `must say what the program declares`() throws {
        let manifest = try Manifest(Samples.manifest), own = manifest.triggers.map(\.standard)
        #expect(manifest.differences(from: own.reversed()).isEmpty)
        var other = own
        other[0].condition = .command(prefix: "!", name: "rank", cooldownSeconds: 6)
        other.remove(at: 6)
        other.append(ExtensionTrigger(id: "hidden", .moderate))
        let failures = manifest.differences(from: other)
        #expect(failures.map(\.path) == ["manifest.triggers.0", "manifest.triggers.6", "manifest.triggers"])
        #expect(failures.allSatisfy { $0.code == "trigger_mismatch" })
    }
}

@Suite("A version")
struct SemanticVersionTests {
    @Test func `has the order of semver.org`() {
        let order = [
            "0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "2.0.0",
        ].compactMap { SemanticVersion($0) }
        #expect(order.count == 12 && order.shuffled().sorted() == order)
        #expect(SemanticVersion("1.0.0+a").map { a in SemanticVersion("1.0.0+b").map { a.ranks(with: $0) } } == true)
    }

    @Test(arguments: [
        "", "1", "1.2", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2.3-a..b", "v1.2.3", "1.2.3 ", "1.2.-3",
    ])
    func `is nothing else`(text: String) { #expect(SemanticVersion(text) == nil) }
}
