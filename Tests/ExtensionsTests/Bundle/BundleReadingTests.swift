import Domain
import Extensions
import Testing

@Suite("A bundle that was sent")
struct BundleReadingTests {
    private static let manifest = JSON.string(Samples.manifest.text)

    private func check(_ files: JSON) -> [String] {
        complaints { () throws(ValidationFailed) in _ = try ExtensionBundle(["files": files]).manifest() }
    }

    @Test func `is read, and comes back from its bytes`() throws {
        let files: JSON = ["lumio.config.json": Self.manifest, "main.js": "export default 1", "lib/a.mjs": ""]
        let bundle = try ExtensionBundle(["files": files])
        #expect(try bundle.manifest().name == "Ranks" && Set(bundle.modules.keys) == ["main.js", "lib/a.mjs"])
        #expect(try ExtensionBundle(stored: bundle.bytes) == bundle)
    }

    @Test(arguments: [
        "/main.js", "../main.js", "a//b.js", "./a.js", "a/../b.js", "a b.js", "ä.js", "style.css", "a.json", "",
        String(repeating: "a", count: 300) + ".js", "a/b/c/d/e/f/g/h/i.js", "a\\b.js",
    ])
    func `has relative modules and nothing else`(path: String) {
        let files = JSON.object([.init("lumio.config.json", Self.manifest), .init("main.js", ""), .init(path, "")])
        #expect(check(files).count == 1)
    }

    @Test func `must have a manifest, and the module that it names`() {
        #expect(check(["main.js": ""]) == ["bundle.files.lumio.config.json required"])
        #expect(check(["lumio.config.json": "{", "main.js": ""]) == ["manifest invalid_json"])
        #expect(check(["lumio.config.json": Self.manifest, "other.js": ""]) == ["manifest.main not_found"])
        #expect(check(["lumio.config.json": Self.manifest, "main.js": 1]) == ["bundle.files.main.js wrong_type"])
    }

    @Test func `has a limit`() {
        let long = JSON.string(String(repeating: "a", count: ExtensionBundle.sizeBytesMax))
        #expect(check(["lumio.config.json": Self.manifest, "main.js": long]) == ["bundle too_large"])
        let many = JSON.object((0...100).map { JSON.Member("f\($0).js", "") })
        #expect(check(many).contains("bundle.files too_many"))
    }
}
