import Extensions
import Testing

@Suite("A bundle")
struct ExtensionBundleTests {
    @Test func `has the same bytes for the same files`() {
        let bundle = ExtensionBundle(files: ["main.js": "1", "lumio.config.json": "{}", "lib/a.js": "\"é\""])
        #expect(
            String(decoding: bundle.bytes, as: UTF8.self)
                == #"{"files":{"lib/a.js":"\"é\"","lumio.config.json":"{}","main.js":"1"}}"#)
    }
}
