import Testing

/// Who may import whom. The same table stands in ARCHITECTURE.md for people; `Package.swift` declares it for the build.
@Suite("The targets")
struct LayerTests {
    static let mayImport: [String: Set<String>] = [
        "Threading": [],
        "Domain": [],
        "CText": [],
        "Text": ["CText"],
        "BotModules": ["Domain", "Text"],
        "Extensions": ["Domain", "Text"],
        "EventStore": ["Threading"],
        "Transparency": ["Domain", "EventStore"],
        "Privacy": ["Domain", "EventStore"],
        "Commands": ["Domain", "EventStore", "BotModules", "Extensions"],
        "Projections": ["Domain", "EventStore", "Threading"],
        "Runtime": ["Domain"],
        "CV8": [],
        "JavaScript": ["CV8", "Threading"],
        "GraphQL": ["JavaScript", "Threading"],
        "CSandbox": [],
        "Sandbox": ["CSandbox", "Domain", "JavaScript", "Threading"],
        "SandboxBenchmarks": ["Domain", "JavaScript", "Sandbox"],
        "CHiredis": [],
        "Redis": ["CHiredis", "Threading"],
        "Relay": ["Domain", "EventStore", "Projections", "Runtime", "Redis"],
        "Platforms": ["Domain"],
        "Worker": ["Domain", "BotModules", "Extensions", "Sandbox", "Platforms", "Redis", "Text"],
        "Server": [
            "Domain", "EventStore", "Transparency", "Privacy", "Commands", "Projections", "Runtime", "BotModules",
            "Extensions",
            "GraphQL",
        ],
        "botcontrol": [
            "Domain", "EventStore", "Transparency", "Privacy", "Commands", "Projections", "Runtime", "BotModules",
            "Extensions",
            "Sandbox", "Server", "Redis", "Relay", "Platforms", "Worker",
        ],
        "BotControlBenchmarks": [
            "Domain", "BotModules", "EventStore", "Extensions", "Platforms", "PlatformStage", "Privacy", "Projections",
            "Redis", "Runtime", "Sandbox", "Server", "Transparency", "Worker",
        ],
    ]

    static func manifest() throws -> PackageManifest { try PackageManifest(Repository.text("Package.swift")) }
    static func table() throws -> TargetTable { TargetTable(markdown: try Repository.text("ARCHITECTURE.md")) }

    @Test func `are the same in Package.swift, in ARCHITECTURE.md and here`() throws {
        let declared = Set(try Self.manifest().targets.filter { !$0.servesTests }.map(\.name))
        let documented = Set(try Self.table().rows.map(\.target))
        #expect(declared.subtracting(documented) == [], "missing in ARCHITECTURE.md")
        #expect(documented.subtracting(declared) == [], "no longer in Package.swift")
        #expect(Set(Self.mayImport.keys) == declared, "the table of this test")
    }

    @Test func `declare what ARCHITECTURE.md says, no more and no less`() throws {
        let table = try Self.table()
        for target in try Self.manifest().targets where !target.servesTests {
            #expect(target.own.union(target.foreign) == table[target.name]?.mayImport, "\(target.name)")
            #expect(target.own == Self.mayImport[target.name], "\(target.name)")
        }
    }

    @Test func `import what they declare, and no target of ours besides`() throws {
        let targets = try Self.manifest().targets
        let own = Set(targets.map(\.name))
        for target in targets where !target.isTest {
            for file in Repository.swiftFiles(in: target.folder) {
                let imports = Imports.modules(in: try Repository.text(file)).intersection(own)
                #expect(imports.subtracting(target.own) == [], "\(file)")
            }
        }
    }

    @Test func `make no circle`() {
        var rest = Self.mayImport
        while let free = rest.first(where: { $0.value.isDisjoint(with: rest.keys) }) { rest[free.key] = nil }
        #expect(rest.keys.sorted() == [])
    }

    @Test func `have a folder each, and no folder has none`() throws {
        let targets = try Self.manifest().targets
        for target in targets {
            #expect(Repository.files.contains { $0.hasPrefix(target.folder + "/") }, "\(target.name)")
        }
        let folders = Set(Repository.files.filter { $0.hasPrefix("Sources/") }.map { $0.split(separator: "/")[1] })
        for folder in folders { #expect(targets.contains { $0.folder == "Sources/\(folder)" }, "Sources/\(folder)") }
        let tests = Set(Repository.swiftFiles(in: "Tests").map { $0.split(separator: "/")[1] })
        for folder in tests { #expect(targets.contains { $0.folder == "Tests/\(folder)" }, "Tests/\(folder)") }
    }

    @Test func `are described in one line each`() throws {
        for row in try Self.table().rows {
            #expect(row.summary.count > 20, "\(row.target)")
        }
    }
}
