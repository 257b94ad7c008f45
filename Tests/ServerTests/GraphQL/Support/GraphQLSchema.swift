import Domain

/// The schema as the server tells it, and what a generic client makes of it: a document for any field, with all that
/// can be selected.
struct GraphQLSchema: Sendable {
    private let types: [String: JSON]

    static func read(from server: APIServer) async throws -> GraphQLSchema {
        let answer = try await server.post("/v1/gql", ["query": .string(introspection)])
        let types = answer.data.at("__schema", "types")?.array ?? []
        return GraphQLSchema(
            types: Dictionary(uniqueKeysWithValues: types.map { ($0["name"]?.string ?? "", $0) }))
    }

    private init(types: [String: JSON]) {
        self.types = types
    }

    struct Argument {
        let name: String, type: JSON
    }

    var rootFields: [String] { ["Query", "Mutation"].flatMap { fields(of: $0).compactMap { $0["name"]?.string } } }

    func isMutation(_ field: String) -> Bool { fields(of: "Mutation").contains { $0["name"]?.string == field } }

    func arguments(of field: String) -> [Argument] {
        (self.field(field)?["args"]?.array ?? []).map {
            Argument(name: $0["name"]?.string ?? "", type: $0["type"] ?? .null)
        }
    }

    /// A document that asks for the field, its arguments in variables of their names.
    func document(_ field: String, _ given: [String]) -> String {
        let arguments = arguments(of: field).filter { given.contains($0.name) }
        let declared = arguments.map { "$\($0.name): \(spelt($0.type))" }.joined(separator: ", ")
        let passed = arguments.map { "\($0.name): $\($0.name)" }.joined(separator: ", ")
        return "\(isMutation(field) ? "mutation" : "query")\(declared.isEmpty ? "" : "(\(declared))") "
            + "{ \(field)\(passed.isEmpty ? "" : "(\(passed))") \(selection(self.field(field)?["type"] ?? .null)) }"
    }

    func field(_ name: String) -> JSON? {
        (fields(of: "Query") + fields(of: "Mutation")).first { $0["name"]?.string == name }
    }

    func fields(of type: String) -> [JSON] { types[type]?["fields"]?.array ?? [] }

    func enumValues(of type: String) -> [String] {
        (types[type]?["enumValues"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    var objectTypes: [String] { types.keys.filter { types[$0]?["kind"] == "OBJECT" && !$0.hasPrefix("__") }.sorted() }

    var everythingDescribed: [(String, String?)] {
        rootFields.map { ($0, field($0)?["description"]?.string) }
    }

    private func selection(_ type: JSON) -> String {
        let fields = fields(of: named(type))
        guard !fields.isEmpty else { return "" }
        let parts = fields.map { "\($0["name"]?.string ?? "") \(selection($0["type"] ?? .null))" }
        return "{ \(parts.joined(separator: " ")) }"
    }

    func named(_ type: JSON) -> String {
        type["ofType"].flatMap { $0 == .null ? nil : named($0) } ?? type["name"]?.string ?? ""
    }

    func kind(_ type: JSON) -> String { types[named(type)]?["kind"]?.string ?? "" }

    private func spelt(_ type: JSON) -> String {
        switch type["kind"]?.string {
        case "NON_NULL": spelt(type["ofType"] ?? .null) + "!"
        case "LIST": "[\(spelt(type["ofType"] ?? .null))]"
        default: type["name"]?.string ?? ""
        }
    }

    // MARK: translation, the other way round than the server does it

    /// A value of REST as a variable of this type.
    func variable(_ value: JSON, _ type: JSON) -> JSON {
        if let values = value.array, kind(type) != "SCALAR" { return .array(values.map { variable($0, type) }) }
        switch kind(type) {
        case "ENUM":
            guard let text = value.string else { return value }
            return .string(text.uppercased().replacing(":", with: "_"))
        case "INPUT_OBJECT":
            let inputs = types[named(type)]?["inputFields"]?.array ?? []
            return .object(
                (value.members ?? []).map { member in
                    let name = Self.camel(member.name)
                    let input = inputs.first { $0["name"]?.string == name }
                    return JSON.Member(name, variable(member.value, input?["type"] ?? .null))
                })
        default: return value
        }
    }

    /// What a field of this type answered, as REST has it; members that are null are left out.
    func plain(_ value: JSON, _ type: JSON) -> JSON {
        if let values = value.array, kind(type) != "SCALAR" { return .array(values.map { plain($0, type) }) }
        switch kind(type) {
        case "ENUM":
            guard let text = value.string else { return value }
            let isCoded = named(type) == "ExtensionPermission"
            let lower = text.lowercased()
            return .string(isCoded ? lower.replacing("_", with: ":") : lower)
        case "OBJECT":
            let fields = fields(of: named(type))
            return .object(
                (value.members ?? []).compactMap { member in
                    guard member.value != .null else { return nil }
                    let field = fields.first { $0["name"]?.string == member.name }
                    return JSON.Member(Self.snake(member.name), plain(member.value, field?["type"] ?? .null))
                })
        default: return value
        }
    }

    static func camel(_ name: String) -> String {
        let parts = name.split(separator: "_")
        return parts.prefix(1).joined() + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    static func snake(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }

    private static let introspection = """
        { __schema { types { kind name fields { name description type { ...T } args { name type { ...T } } }
          inputFields { name type { ...T } } enumValues { name } } } }
        fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
        """
}
