import BotModules
import Domain
import Foundation
import Testing

@Suite("The modules' schemas")
struct ModuleSchemasTests {
    static let files: [(String, JSON)] =
        ModuleName.allCases.map { ($0.rawValue, ModuleSchemas.config(of: $0)) } + [
            ("exempt_roles", ModuleSchemas.exemptRoles)
        ]

    /// `BOTCONTROL_UPDATE_SCHEMAS=1 swift test` rewrites the files.
    @Test(arguments: files)
    func `stand in schemas/modules as they are`(name: String, schema: JSON) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "schemas/modules/\(name).json")
        let text = PrettyJSON.text(schema)
        if ProcessInfo.processInfo.environment["BOTCONTROL_UPDATE_SCHEMAS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "run again with BOTCONTROL_UPDATE_SCHEMAS=1")
        #expect(try JSONParser.parse(text) == schema)
    }

    static let values: [String] = [
        "null", "true", "false", "0", "1", "-1", "3.0", "3.5", "50", "51", "100", "101", "500", "501", "10000", "10001",
        "1209600", "1209601", #""""#, #"" ""#, #""delete""#, #""ban""#, #""youtube.com""#, "[]", "{}", "[null]", "[[]]",
        #"["youtube.com"]"#, #"["youtube.com", ""]"#, #"["youtube.com", null]"#, #"["youtube.com", 1]"#, "[{}]",
        #"[{"text": "a"}]"#, #"[{"interval_minutes": 1}]"#, #"[{"text": "a", "interval_minutes": 1}]"#,
        #"[{"text": "", "interval_minutes": 1}]"#, #"[{"text": "a", "interval_minutes": 0}]"#,
        #"[{"text": "a", "interval_minutes": 1441}]"#, #"[{"text": null, "interval_minutes": 1}]"#,
        #"[{"text": "a", "interval_minutes": 1, "more": 1}]"#,
        #""\#(String(repeating: "ä", count: 500))""#, #""\#(String(repeating: "ä", count: 501))""#,
        #"["\#(String(repeating: "a", count: 501))"]"#,
        "[\(Array(repeating: #""youtube.com""#, count: 101).joined(separator: ","))]",
        "[\(Array(repeating: #""youtube.com""#, count: 501).joined(separator: ","))]",
        "[\(Array(repeating: #""youtube.com""#, count: 1001).joined(separator: ","))]",
    ]

    @Test(arguments: ModuleName.allCases)
    func `say the same as the validation`(module: ModuleName) throws {
        let schema = ModuleSchemas.config(of: module)
        let names = try #require(schema["properties"]?.members).map(\.name)
        for name in names + ["unknown"] {
            for value in try Self.values.map({ try JSONParser.parse($0) }) {
                let config = JSON.object([JSON.Member(name, value)])
                let accepted = (try? ModuleSettings(module: module, config: config, exemptRoles: nil)) != nil
                #expect(try SchemaEvaluator.accepts(config, schema) == accepted, "\(config.text.prefix(100))")
            }
        }
    }

    @Test func `say the same as the validation about roles`() throws {
        for name in ["moderators", "vips", "subscribers", "founders"] {
            for value in try Self.values.map({ try JSONParser.parse($0) }) {
                let roles = JSON.object([JSON.Member(name, value)])
                let accepted = (try? ModuleSettings(module: .wordFilter, config: nil, exemptRoles: roles)) != nil
                #expect(try SchemaEvaluator.accepts(roles, ModuleSchemas.exemptRoles) == accepted)
            }
        }
    }

    @Test(arguments: ModuleName.allCases)
    func `give defaults that the validation takes`(module: ModuleName) throws {
        let properties = try #require(ModuleSchemas.config(of: module)["properties"]?.members)
        let defaults = try properties.map { JSON.Member($0.name, try #require($0.value["default"])) }
        let settings = try ModuleSettings(module: module, config: .object(defaults), exemptRoles: nil)
        #expect(try settings.typed == ModuleSettings(module: module, config: nil, exemptRoles: nil).typed)
        #expect(properties.allSatisfy { $0.value["description"]?.string?.isEmpty == false })
    }
}
