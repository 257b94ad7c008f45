import Domain
import Testing

@testable import Worker

@Suite("A message with a broken value")
struct BrokenEnvelopeTests {
    static let values = [
        "{", "}", "", "nonsense", #"{"name":"no end"#, "[1,2", #"{"value":"x","recorded_at":"y"#,
        "\u{1F600}", #"{"a":1},"recorded_at":"x"#, "\\",
    ]

    @Test(arguments: values)
    func `gives up its value as it stands`(value: String) throws {
        let change = FeedChange(
            id: ChangeID(position: 2, index: 0), previous: ChangeID(position: 1, index: 0), kind: .account,
            key: #"a","value":"b"#, value: Array(value.utf8), recordedAt: Samples.now, correlationID: #"c","value":"d"#)
        #expect(try change.bytes.withUnsafeBufferPointer { try BrokenEnvelope.change($0) } == change)
        let entry = FeedEntry(kind: .bot, key: "a", value: Array(value.utf8))
        var writer = JSONWriter()
        entry.encode(into: &writer)
        #expect(try writer.bytes.withUnsafeBufferPointer { try BrokenEnvelope.entry($0) } == entry)
    }

    @Test func `is refused when more than the value is broken`() {
        for text in ["", "{", #"{"kind":"Moon","key":"a","value":{}"#, #"{"key":"a","value":{}"#, ",\"value\":}"] {
            let bytes = Array(text.utf8)
            #expect(throws: (any Error).self) { try bytes.withUnsafeBufferPointer { try BrokenEnvelope.change($0) } }
            #expect(throws: (any Error).self) { try bytes.withUnsafeBufferPointer { try BrokenEnvelope.entry($0) } }
        }
    }
}
