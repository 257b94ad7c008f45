import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("A file of lines")
struct LineFileTests {
    private func lines(of bytes: [UInt8]) async throws -> [String] {
        let directory = try TemporaryDirectory()
        try directory.write(bytes, to: "lines")
        let lines = Collected()
        try await LineFile(directory.path + "/lines").read { number, line in lines.add(number, line) }
        return lines.all
    }

    private final class Collected: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ number: Int, _ line: LineFile.Line) {
            let text =
                switch line {
                case .text(let bytes): String(decoding: bytes, as: UTF8.self)
                case .tooLong: "…"
                }
            lines.withLock { $0.append("\(number) \(text)") }
        }

        var all: [String] { lines.withLock { $0 } }
    }

    @Test(arguments: [
        ("", []), ("\n", ["1 "]), ("a", ["1 a"]), ("a\nb", ["1 a", "2 b"]), ("a\r\nb\r\n", ["1 a", "2 b"]),
        ("\n\na\n", ["1 ", "2 ", "3 a"]),
    ])
    func `is read line by line, with or without an end`(text: String, expected: [String]) async throws {
        #expect(try await lines(of: Array(text.utf8)) == expected)
    }

    @Test func `keeps lines whole that are longer than what is read at once`() async throws {
        let long = String(repeating: "x", count: 200_000)
        #expect(try await lines(of: Array("a\n\(long)\nb\n".utf8)) == ["1 a", "2 \(long)", "3 b"])
    }

    @Test func `passes over a line that is too long, and goes on after it`() async throws {
        let long = [UInt8](repeating: 120, count: LineFile.lineBytesMax + 1)
        #expect(try await lines(of: Array("a\n".utf8) + long + Array("\nb".utf8)) == ["1 a", "2 …", "3 b"])
        #expect(try await lines(of: long) == ["1 …"])
    }

    @Test func `is named when it cannot be read`() async throws {
        let error = await #expect(throws: LineFile.Unreadable.self) {
            try await LineFile("/nowhere/chat.ndjson").read { _, _ in }
        }
        #expect(error?.description == "/nowhere/chat.ndjson cannot be read: No such file or directory")
    }
}
