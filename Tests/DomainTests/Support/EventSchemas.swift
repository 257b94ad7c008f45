import Domain
import Testing

/// The files in `schemas/events` and the stored samples beside them.
enum EventSchemas {
    static func schema(of type: String, version: Int) throws -> JSON {
        try JSONParser.parse(try Repository.text("schemas/events/\(type).v\(version).json"))
    }

    static func violations(of data: [UInt8], type: String, version: Int) throws -> [String] {
        try SchemaChecker.violations(try JSONParser.parse(data), try schema(of: type, version: version))
    }

    /// Every type that the journal may hold.
    static let types: [String] =
        Account.Event.Name.allCases.map(\.rawValue) + Bot.Event.Name.allCases.map(\.rawValue)
        + Provider.Event.Name.allCases.map(\.rawValue) + BotModule.Event.Name.allCases.map(\.rawValue)
        + Extension.Event.Name.allCases.map(\.rawValue) + ExtensionInstall.Event.Name.allCases.map(\.rawValue)
        + LogKey.Event.Name.allCases.map(\.rawValue) + Erasure.Event.Name.allCases.map(\.rawValue)
}

/// One line as the journal holds it: `<type>.v<version>[.<variant>].json`.
struct Sample: Sendable, CustomTestStringConvertible {
    let name: String, type: String, version: Int, data: [UInt8]

    /// - Parameter name: the file's name without `.json`.
    init(_ name: String) throws {
        let parts = name.split(separator: ".")
        let index = try required(
            parts.firstIndex { $0.first == "v" && Int($0.dropFirst()) != nil }, "\(name) names no version")
        let text = try Repository.text("schemas/events/samples/\(name).json")
        self.name = name
        type = parts[..<index].joined(separator: ".")
        version = try required(Int(parts[index].dropFirst()), "\(name) names no version")
        guard text.hasSuffix("\n"), !text.dropLast().contains("\n") else { throw Missing("\(name) is not one line") }
        data = Array(text.utf8.dropLast())
    }

    static func all() throws -> [Sample] {
        try Repository.files(in: "schemas/events/samples").map { try Sample(String($0.dropLast(5))) }
    }

    var testDescription: String { name }
}

/// Something that a test cannot go on without.
struct Missing: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

func required<Value>(_ value: Value?, _ complaint: String) throws -> Value {
    guard let value else { throw Missing(complaint) }
    return value
}
