import Sandbox
import Testing

@Suite("A failure of the sandbox")
struct SandboxFailureTests {
    @Test func `says its kind before its sentence`() {
        #expect(
            SandboxFailure(.timeout, "it took longer than 50 ms").description == "timeout: it took longer than 50 ms")
    }
}
