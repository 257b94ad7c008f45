import Domain
import Testing

@Suite("The kind of a document")
struct DocumentKindTests {
    @Test func `is known for every category, under its name`() {
        for category in Category.allCases {
            let kind = DocumentKind(rawValue: category.rawValue)
            #expect(kind == DocumentKind(category) && kind?.category == category)
        }
        #expect(
            DocumentKind.known == [
                .account, .provider, .bot, .botModule, .extension, .extensionInstall, .guild, .botCommand,
            ])
    }

    @Test(arguments: ["moon_phase", "a", "v2_9", String(repeating: "k", count: 64)])
    func `may be one of a newer program`(name: String) {
        let kind = DocumentKind(rawValue: name)
        #expect(kind?.rawValue == name && kind?.category == nil)
    }

    @Test(arguments: ["", "Account", "_a", "1a", "a b", "a:b", "é", "a\u{0}", String(repeating: "k", count: 65)])
    func `cannot be anything`(name: String) {
        #expect(DocumentKind(rawValue: name) == nil)
    }
}

@Suite("A change of a newer program")
struct NewerChangeTests {
    private func read(_ text: String) throws -> FeedChange {
        try Array(text.utf8).withUnsafeBufferPointer { try FeedChange($0) }
    }

    private static func line(kind: String = "moon_phase", op: String = "put", value: String = #"{"full":true}"#)
        -> String
    {
        """
        {"position":2,"index":0,"previous":"1-0","kind":"\(kind)","key":"k","op":"\(op)","value":\(value),\
        "recorded_at":"2026-10-01T12:00:00Z","correlation_id":null,"shard":{"of":[7]}}
        """
    }

    @Test func `is read with a kind and with members that are not known, its value verbatim`() throws {
        let change = try read(Self.line())
        #expect(change.kind.rawValue == "moon_phase" && change.value == Array(#"{"full":true}"#.utf8))
        let fields = zip(FeedChange.fieldNames, change.fields).flatMap { [Array($0.utf8), $1] }
        let extra = fields + [Array("shard".utf8), Array("7".utf8)]
        #expect(try FeedChange(id: "2-0", fields: extra) == change)
    }

    @Test func `is taken for what it comes with when the operation is not known`() throws {
        #expect(try read(Self.line(op: "merge")).value == Array(#"{"full":true}"#.utf8))
        #expect(try read(Self.line(op: "forget", value: "null")).value == nil)
        #expect(try read(Self.line(op: "delete")).value == nil)
        #expect(throws: StoredObject.Unreadable.self) { try read(Self.line(value: "null")) }
        for (op, value) in [("merge", "{}"), ("forget", "")] {
            var fields = zip(FeedChange.fieldNames, try read(Self.line()).fields).flatMap { [Array($0.utf8), $1] }
            (fields[7], fields[9]) = (Array(op.utf8), Array(value.utf8))
            #expect(try FeedChange(id: "2-0", fields: fields).value == (value.isEmpty ? nil : Array(value.utf8)))
        }
    }

    @Test func `cannot be of a kind that is none`() {
        #expect(throws: StoredObject.Unreadable.self) { try read(Self.line(kind: "Moon Phase")) }
    }
}

@Suite("The head in Redis")
struct FeedMarkTests {
    private static let fields: [String?] = [
        "e.1", "3", "7-0", String(repeating: "0", count: 64), "2", "2026-10-01T12:00:00Z",
    ]

    @Test func `names the kinds that there are, known or not; an older one names none`() {
        #expect(
            FeedMark(fields: Self.fields + ["account moon_phase"])?.kinds.map(\.rawValue) == ["account", "moon_phase"])
        #expect(FeedMark(fields: Self.fields + [nil])?.kinds == DocumentKind.known)
        #expect(FeedMark(fields: Self.fields + ["account Moon"]) == nil)
        #expect(
            FeedMark.text(of: DocumentKind.known)
                == "account provider bot bot_module extension extension_install guild bot_command")
    }
}
