import Domain
import Testing

@testable import Sandbox

@Suite("A message of the sandbox")
struct ProtocolTests {
    static func frames(_ body: (inout FrameWriter) -> Void) -> [UInt8] {
        var frames = FrameWriter()
        body(&frames)
        return Array(frames.bytes.dropFirst(FrameWriter.headerBytes))
    }

    @Test func `comes over as it was sent`() throws {
        let end = HandlerEnd(
            .failed(SandboxFailure(.script, "a \"ö\"\n")), log: ["x", ""], cpuMicroseconds: 5, wallMicroseconds: 6)
        let bytes = Self.frames { SandboxReply.ended(number: 7, end).write(to: &$0) }
        try bytes.withUnsafeBufferPointer { bytes in
            guard case .ended(let number, let read)? = SandboxReply(bytes) else { throw Unread() }
            #expect(number == 7)
            #expect(read.failure == end.failure)
            #expect(read.log == ["x", ""])
            #expect(read.cpuMicroseconds == 5)
            #expect(read.wallMicroseconds == 6)
        }
    }

    struct Unread: Error {}

    @Test func `carries a program`() throws {
        let program = CarriedProgram(
            main: "a.js", modules: ["a.js": "\u{0}\"\\", "b/c.js": ""], capabilities: [.fetch],
            settings: Array("{}".utf8))
        let bytes = Self.frames {
            SandboxRequest.load(number: 1, install: 2, isRestored: true, program).write(to: &$0)
        }
        try bytes.withUnsafeBufferPointer { bytes in
            guard case .load(1, 2, true, let read)? = SandboxRequest(bytes) else { throw Unread() }
            #expect(read.main == "a.js")
            #expect(read.modules == program.modules)
            #expect(read.capabilities == [.fetch])
            #expect(read.settings == program.settings)
        }
    }

    /// Every byte of each message in turn is another, or the message ends there: nothing of it may end the process.
    @Test func `that was tampered with is read or refused`() {
        let messages = [
            Self.frames { SandboxReply.ended(number: 1, HandlerEnd(.returned([0x31]), log: ["a"])).write(to: &$0) },
            Self.frames { SandboxReply.ended(number: 1, HandlerEnd(.failed(.init(.memory, "b")))).write(to: &$0) },
            Self.frames { SandboxReply.ready(grants: 15).write(to: &$0) },
            Self.frames { SandboxReply.broken("c").write(to: &$0) },
        ]
        var refused = 0
        for message in messages {
            for place in message.indices {
                for byte in [0x00, 0x22, 0x5C, 0x39, 0x7D, 0xFF] as [UInt8] {
                    var other = message
                    other[place] = byte
                    other.withUnsafeBufferPointer { if SandboxReply($0) == nil { refused += 1 } }
                }
                Array(message[..<place]).withUnsafeBufferPointer { #expect(SandboxReply($0) == nil) }
            }
        }
        #expect(refused > 100)
    }

    @Test func `has numbers that fit, or is refused`() {
        for text in [#"{"ready":99999999999999999999}"#, #"{"ready":-1}"#, #"{"ready":}"#] {
            Array(text.utf8).withUnsafeBufferPointer { #expect(SandboxReply($0) == nil) }
        }
    }
}
