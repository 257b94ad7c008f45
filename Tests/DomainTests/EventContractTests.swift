import Domain
import TestTools
import Testing

@Suite("An event")
struct EventContractTests {
    @Test(arguments: EventSchemas.types)
    func `has a strict schema with a description for every member`(type: String) throws {
        let schema = try EventSchemas.schema(of: type, version: Upcasters.currentVersion)
        #expect(schema["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
        #expect(schema["title"] == .string("The data of \(type), version \(Upcasters.currentVersion)"))
        expectStrict(schema)
    }

    private func expectStrict(_ schema: JSON) {
        if let items = schema["items"] { expectStrict(items) }
        guard let members = schema["properties"]?.members else { return }
        #expect(schema["additionalProperties"] == .bool(false))
        for member in members {
            #expect(member.value["description"]?.string?.isEmpty == false, "\(member.name) has no description")
            expectStrict(member.value)
        }
    }

    @Test func `has no schema that no type needs`() throws {
        let known = EventSchemas.types + ["metadata"]
        for file in try Repository.files(in: "schemas/events") {
            let type = file.split(separator: ".").dropLast(2).joined(separator: ".")
            #expect(known.contains(type), "\(file)")
            #expect([".v0.json", ".v1.json", ".v2.json"].contains { file.hasSuffix($0) }, "\(file)")
        }
    }

    @Test(arguments: [
        ("account.registered", "name", Account.nameLengthMax), ("account.renamed", "name", Account.nameLengthMax),
        ("bot.connected", "channel_name", Bot.channelLengthMax), ("bot.paused", "reason", Bot.reasonLengthMax),
        ("bot.resumed", "reason", Bot.reasonLengthMax), ("provider.switched", "reason", Provider.reasonLengthMax),
        ("provider.switched", "ticket", Provider.ticketLengthMax),
        ("provider.bot_identity_linked", "username", Provider.usernameLengthMax),
        ("extension.submitted", "name", Extension.nameLengthMax),
        ("extension.submitted", "description", Extension.descriptionLengthMax),
        ("extension.reviewed", "note", Extension.noteLengthMax),
        ("extension.suspended", "reason", Extension.noteLengthMax),
        ("extension_install.killed", "reason", ExtensionInstall.reasonLengthMax),
        ("extension_install.tripped", "reason", BreakerChange.reasonLengthMax),
    ])
    func `has the same limits in schema and code`(type: String, member: String, lengthMax: Int) throws {
        let properties = try #require(try EventSchemas.schema(of: type, version: 1)["properties"])
        let schema = properties[member] ?? properties["personal"]?["properties"]?[member]
        #expect(schema?["maxLength"]?.integer == lengthMax)
    }

    @Test(arguments: [
        ("account.registered", "plan", Plan.allCases.map(\.rawValue)),
        ("account.plan_changed", "plan", Plan.allCases.map(\.rawValue)),
        ("provider.switched", "flag", Provider.Flag.allCases.map(\.rawValue)),
        ("extension.submitted", "visibility", Extension.Visibility.allCases.map(\.rawValue)),
        ("extension.submitted", "review_level", Extension.ReviewLevel.allCases.map(\.rawValue)),
        ("extension.reviewed", "decision", Extension.Decision.allCases.map(\.rawValue)),
    ])
    func `has the same choices in schema and code`(type: String, member: String, choices: [String]) throws {
        let schema = try EventSchemas.schema(of: type, version: 1)["properties"]?[member]
        #expect(schema?["enum"]?.array?.compactMap(\.string) == choices)
    }

    @Test(arguments: 0..<200)
    func `obeys its schema and comes back equal, whatever it holds`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let events = random.events()
        #expect(Set(events.map { Self.name(of: $0) }) == Set(EventSchemas.types))
        for event in events { try Self.roundTrip(event) }
    }

    private static func name(of event: some DomainEvent) -> String { event.name.rawValue }

    private static func roundTrip<Event: DomainEvent>(_ event: Event) throws {
        let type = event.name.rawValue
        #expect(try EventSchemas.violations(of: event.data, type: type, version: 1) == [])
        let again = try event.data.withUnsafeBufferPointer { try Event(type: type, schemaVersion: 1, data: $0) }
        #expect(again == event)
        #expect(again.data == event.data)
    }

    static let unreadable: [(type: String, version: Int, data: String, complaint: String)] = [
        ("bot.paused", 3, "{}", "bot.paused has schema version 3; this program knows 0 to 2: update it"),
        ("bot.paused", -1, "{}", "bot.paused has schema version -1; this program knows 0 to 2: update it"),
        ("bot.exploded", 1, "{}", "bot.exploded is not an event that this version knows"),
        ("account.renamed", 1, "{}", "account.renamed is not an event that this version knows"),
        ("bot.connected", 1, #"{"personal":{"channel_name":"a"}}"#, "channel_id is missing"),
        ("bot.connected", 1, #"{"channel_id":"1"}"#, "channel_name is missing"),
        ("bot.connected", 1, #"{"channel_id":1,"personal":{"channel_name":"a"}}"#, "channel_id is not a string"),
        ("bot.paused", 1, #"{"until":"tomorrow"}"#, "until is tomorrow, which is not RFC 3339"),
        ("bot.paused", 1, #"{"until":1795262400}"#, "until is not a string"),
        ("bot.paused", 1, #"{"personal":"spam"}"#, "the data is not a JSON object"),
        ("bot.paused", 0, #"{"until":9223372036854775807}"#, "until is not a string"),
        ("bot.paused", 0, #"{"until":-9223372036854775807}"#, "until is not a string"),
        ("bot.paused", 0, #"{"until":253402300800}"#, "until is not a string"),
        ("bot.resumed", 1, #"{"scheduled":"yes"}"#, "scheduled is not a boolean"),
        ("bot.resumed", 1, "[]", "the data is not a JSON object"),
    ]

    @Test(arguments: unreadable)
    func `that cannot be read says why`(type: String, version: Int, data: String, complaint: String) {
        let error = #expect(throws: StoredObject.Unreadable.self) {
            try Array(data.utf8).withUnsafeBufferPointer {
                try Bot.Event(type: type, schemaVersion: version, data: $0)
            }
        }
        #expect(error?.description == complaint)
    }

    @Test func `with a plan or flag that nothing knows is refused`() {
        #expect(throws: StoredObject.Unreadable.self) {
            try Array(#"{"plan":"gold"}"#.utf8).withUnsafeBufferPointer {
                try Account.Event(type: "account.plan_changed", schemaVersion: 1, data: $0)
            }
        }
        #expect(throws: StoredObject.Unreadable.self) {
            try Array(#"{"flag":"chat","enabled":true,"personal":{"reason":"a"}}"#.utf8).withUnsafeBufferPointer {
                try Provider.Event(type: "provider.switched", schemaVersion: 1, data: $0)
            }
        }
    }

    @Test func `of a module keeps its settings byte for byte`() throws {
        let config = #"{"b":1.0,"a":[ ],"é":"\u00e9"}"#
        let data = #"{"enabled":true,"config":\#(config),"exempt_roles":{}}"#
        let event = try Array(data.utf8).withUnsafeBufferPointer {
            try BotModule.Event(type: "bot_module.upserted", schemaVersion: 1, data: $0)
        }
        #expect(event.data == Array(data.utf8))
    }
}
