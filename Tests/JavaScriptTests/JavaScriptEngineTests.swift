import JavaScript
import Testing

@Suite("The JavaScript engine")
struct JavaScriptEngineTests {
    @Test func `says its version`() {
        #expect(JavaScriptEngine.version.hasPrefix("1"))
    }
}
