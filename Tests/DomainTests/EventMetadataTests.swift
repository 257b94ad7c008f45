import Domain
import TestTools
import Testing

@Suite("The metadata of an event")
struct EventMetadataTests {
    static let full = EventMetadata(
        actor: Actor(kind: .user, id: "operator_17", display: "Operator Seventeen"), source: .rest, ip: "203.0.113.17",
        userAgent: "curl/8.10.1", commandID: "0199b2c4-7d1e-7a3b-8c55-0f6a1b2c3d4e", correlationID: "incident-42",
        causationID: "0199b2c4-7d1e-7a3b-8c55-0f6a1b2c3d00")
    static let system = EventMetadata(
        actor: .system, source: .system, commandID: "0199b2c4-7d1e-7a3b-8c55-0f6a1b2c3d4f",
        correlationID: "0199b2c4-7d1e-7a3b-8c55-0f6a1b2c3d50")

    @Test(arguments: [("metadata.v1", full), ("metadata.v1.system", system)])
    func `are stored as the samples say`(sample: String, metadata: EventMetadata) throws {
        #expect(try metadata.bytes == Sample(sample).data)
    }

    @Test func `say who acted, also to somebody who cannot open what is sealed`() throws {
        let actor = try Sample("metadata.v2").data.withUnsafeBufferPointer(EventMetadata.actorID)
        #expect(actor == Self.full.actor.id)
    }

    @Test func `are all pinned here`() throws {
        let names = try Sample.all().filter { $0.type == "metadata" }.map(\.name)
        #expect(names == ["metadata.v1", "metadata.v1.system", "metadata.v2"])
    }

    @Test(arguments: 0..<200)
    func `obey their schema, and say who acted`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let metadata = random.metadata()
        #expect(try EventSchemas.violations(of: metadata.bytes, type: "metadata", version: 1) == [])
        try metadata.bytes.withUnsafeBufferPointer { (bytes) throws in
            #expect(try EventMetadata.actorID(bytes) == metadata.actor.id)
            #expect(try EventMetadata.correlationID(bytes) == metadata.correlationID)
        }
    }

    @Test func `have the choices of their schema`() throws {
        let properties = try #require(try EventSchemas.schema(of: "metadata", version: 1)["properties"])
        let sources = properties["source"]?["enum"]?.array?.compactMap(\.string)
        let kinds = properties["actor"]?["properties"]?["kind"]?["enum"]?.array?.compactMap(\.string)
        #expect(sources == EventMetadata.Source.allCases.map(\.rawValue))
        #expect(kinds == Actor.Kind.allCases.map(\.rawValue))
    }

    @Test func `keep text about persons in one member`() throws {
        let json = try JSONParser.parse(Self.full.bytes)
        #expect(json["personal"]?.members?.map(\.name) == ["display", "ip", "user_agent"])
        #expect(try JSONParser.parse(Self.system.bytes)["personal"] == nil)
    }
}
