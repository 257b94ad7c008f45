import TestTools
import Testing

@testable import Worker

@Suite("Server-sent events")
struct ServerSentEventTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let stream: String
        let events: [ServerSentEvent]

        init(_ stream: String, _ events: (type: String, data: String, id: String)...) {
            self.stream = stream
            self.events = events.map { ServerSentEvent(type: $0.type, data: Array($0.data.utf8), lastEventID: $0.id) }
        }

        var testDescription: String { stream.debugDescription }
    }

    /// The examples of the standard, and its corners.
    static let samples = [
        Sample("data: YHOO\ndata: +2\ndata: 10\n\n", ("message", "YHOO\n+2\n10", "")),
        Sample(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            ("message", "first event", "1"), ("message", "second event", ""), ("message", " third event", "")),
        Sample("data\n\ndata\ndata\n\ndata:", ("message", "", ""), ("message", "\n", "")),
        Sample("data:test\n\ndata: test\n\n", ("message", "test", ""), ("message", "test", "")),
        Sample("event: put\ndata: {}\nid: 7-0\n\ndata: x\n\n", ("put", "{}", "7-0"), ("message", "x", "7-0")),
        Sample("event: reset\n\ndata: x\n\n", ("message", "x", "")),
        Sample("id: a\u{0}b\ndata: x\n\n", ("message", "x", "")),
        Sample("retry: 10\nunknown: y\nDATA: no\n: \u{1F600}\ndata: \u{1F600}\n\n", ("message", "\u{1F600}", "")),
        Sample("\u{FEFF}data: x\n\ndata: \u{FEFF}\n\n", ("message", "x", ""), ("message", "\u{FEFF}", "")),
        Sample("\u{FEFF}\u{FEFF}data: x\n\ndata: y\n\n", ("message", "y", "")),
        Sample("data: a:b: c\n\n", ("message", "a:b: c", "")),
        Sample("data: never ended\nid: 9\n"), Sample(""), Sample("\n\n\n"), Sample(":\n:\n\n"),
    ]

    private static func parse(_ pieces: [[UInt8]]) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        return try pieces.flatMap { piece in try piece.withUnsafeBufferPointer { try parser.read($0) } }
    }

    @Test(arguments: samples, ["\n", "\r\n", "\r"])
    func `are the same whatever ends the lines and wherever the pieces begin`(sample: Sample, end: String) throws {
        let bytes = Array(sample.stream.replacing("\n", with: end).utf8)
        #expect(try Self.parse([bytes]) == sample.events)
        #expect(try Self.parse(bytes.map { [$0] }) == sample.events)
        for first in bytes.indices {
            #expect(try Self.parse([Array(bytes[..<first]), Array(bytes[first...])]) == sample.events, "\(first)")
        }
    }

    @Test func `may mix the ends of lines`() throws {
        let events = try Self.parse([Array("data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\r\ndata: e\n\r".utf8)])
        #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == ["a\nb\nc", "d", "e"])
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `are the same in random pieces`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let sample = Self.samples.filter { !$0.events.isEmpty && !$0.stream.hasPrefix("\u{FEFF}") }
        let bytes = Array(sample.map { $0.stream.hasSuffix("\n\n") ? $0.stream : $0.stream + "\n\n" }.joined().utf8)
        let whole = try Self.parse([bytes])
        for _ in 0..<100 {
            var pieces: [[UInt8]] = [], start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 0...9, using: &random))
                pieces.append(Array(bytes[start..<end]))
                start = end
            }
            #expect(try Self.parse(pieces) == whole, "seed \(seed)")
        }
    }

    @Test func `may be long, but not without end`() throws {
        let line = [UInt8](repeating: 0x78, count: 1000)
        var parser = ServerSentEventParser(bytesMax: 2500)
        func read(_ bytes: [UInt8]) throws -> [ServerSentEvent] {
            try bytes.withUnsafeBufferPointer { try parser.read($0) }
        }
        let head = Array("data:".utf8), end = Array("\n".utf8)
        #expect(try read(head + line + end + head + line + end + end).first?.data.count == 2001)
        #expect(throws: FeedFailure.self, "one line") { for _ in 0..<3 { _ = try read(line) } }
        parser = ServerSentEventParser(bytesMax: 2500)
        #expect(throws: FeedFailure.self, "many lines") { for _ in 0..<3 { _ = try read(head + line + end) } }
    }
}
