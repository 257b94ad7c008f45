import Sandbox
import Testing

@Suite("A failure of the sandbox")
struct SandboxFailureTests {
    @Test func `says its kind before its sentence`() {
        #expect(SandboxFailure(.timeout, "it took too long").description == "timeout: it took too long")
    }
}
