import Domain
import EventStore
import Testing

@testable import Projections

@Suite("The fold of one stream")
struct StreamStateTests {
    @Test func `is the document of the read models, for every stream`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            let documents = try stage.documents()
            let parked = Set(try stage.status().parked.map(\.stream))
            for (_, stream) in try stage.journal.streams(after: 0) {
                let events = try stage.journal.readStream(stream)
                if parked.contains(stream.description) {
                    #expect(throws: (any Error).self) { try StreamState.document(of: events) }
                } else {
                    #expect(try StreamState.document(of: events) == documents[stream.description])
                }
            }
        }
    }

    @Test func `is what the feed said at that time, for every beginning of a stream`() async throws {
        try await Stage.with { stage in
            try await stage.appendMixture()
            for change in try stage.changes() {
                let stream = StreamID(category: change.kind.rawValue, key: change.key)
                let events = try stage.journal.readStream(stream).filter { $0.position <= change.id.position }
                #expect(try StreamState.document(of: events) == change.value)
            }
        }
    }

    @Test func `of no events has no kind`() {
        #expect(throws: (any Error).self) { try StreamState.document(of: []) }
    }
}

@Suite("The documents in memory")
struct LiveDocumentsTests {
    private func document(_ revision: Int) -> ProviderDocument {
        ProviderDocument(platform: .kick, updatedAt: .seconds(0), revision: revision)
    }

    @Test func `tell what is not there from what is not known`() {
        let live = LiveDocuments()
        #expect(live.find("x", ProviderDocument.self) == .none)
        live.publish([FreshChange.of("x", nil)])
        #expect(live.find("x", ProviderDocument.self) == .some(nil))
        live.publish([FreshChange.of("x", document(1))])
        #expect(live.find("x", ProviderDocument.self) == document(1))
    }

    @Test func `take no old document from a slow reader`() {
        let live = LiveDocuments()
        let generation = live.generation
        live.publish([FreshChange.of("x", document(1))])
        live.keep(document(0), of: "x", generation: generation)
        #expect(live.find("x", ProviderDocument.self) == document(1))
        live.publish([FreshChange.of("x", nil)])
        live.keep(document(0), of: "x", generation: generation)
        #expect(live.find("x", ProviderDocument.self) == .some(nil))
        live.forget()
        live.keep(document(0), of: "x", generation: generation)
        #expect(live.find("x", ProviderDocument.self) == .none)
    }

    @Test func `take no old document when there were too many meanwhile`() {
        let live = LiveDocuments()
        let generation = live.generation
        live.publish([FreshChange.of("x", document(1))])
        live.publish((0...LiveDocuments.countMax).map { FreshChange.of("\($0)", nil) })
        #expect(live.find("x", ProviderDocument.self) == document(1), "the file may lack it")
        live.trim()
        live.keep(document(0), of: "x", generation: generation)
        #expect(live.find("x", ProviderDocument.self) == .none)
    }

    @Test func `take nothing from a reader when they are many`() {
        let live = LiveDocuments()
        live.publish((0..<LiveDocuments.countMax).map { FreshChange.of("\($0)", nil) })
        live.keep(document(0), of: "x", generation: live.generation)
        #expect(live.find("x", ProviderDocument.self) == .none)
    }
}

extension FreshChange {
    fileprivate static func of(_ stream: String, _ document: ProviderDocument?) -> FreshChange {
        let change = FeedChange(
            id: .zero, previous: .zero, kind: .provider, key: stream, value: document?.bytes, recordedAt: .seconds(0),
            correlationID: nil)
        return FreshChange(change: change, digest: DocumentDigest(), stream: stream, document: document)
    }
}
