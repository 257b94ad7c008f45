import Domain

/// The OpenAPI document, read as a client reads it.
struct DocumentedAPI: Sendable {
    struct Route: Sendable, CustomStringConvertible {
        let method: String, path: String
        let operation: JSON

        var id: String { operation["operationId"]?.string ?? "" }
        var description: String { "\(method) \(path)" }
        var segments: [Substring] { path.split(separator: "/") }
        var isPublic: Bool { operation["security"]?.array?.isEmpty == true }
        var hasBody: Bool { operation["requestBody"] != nil }

        func parameters(in place: String) -> [JSON] {
            (operation["parameters"]?.array ?? []).filter { $0["in"]?.string == place }
        }

        /// It asks for the permissions of what it is asked for.
        var isForTheKnown: Bool { operation["description"] == "Needs the permissions of what is asked for." }
        var isForAdmins: Bool { operation["description"] == "Needs a system admin." }

        /// The permission that its description asks for; nil for system keys and system admins.
        var permission: Permission? {
            let words = operation["description"]?.string?.split(separator: "`") ?? []
            return words.count > 1 ? Permission(rawValue: String(words[1])) : nil
        }

        /// Its answer has no end.
        var isStream: Bool { operation["responses"]?["200"]?["content"]?["text/event-stream"] != nil }

        /// - Parameter values: by parameter; others get a value that its schema takes.
        /// - Returns: of a stream, an address that is refused before the stream begins.
        func target(_ values: [String: String] = [:]) -> String {
            parameters(in: "path").reduce(isStream ? path + "?after=x" : path) { path, parameter in
                let name = parameter["name"]?.string ?? ""
                let schema = parameter["schema"]
                let plausible = schema?["enum"]?.array?.first?.string ?? DocumentedAPI.plausible(schema)
                // The one tile that a log of two events has.
                let known = ["tile": "000.p/2", "level": "0", "guild_id": "4711"][name]
                return path.replacing("{\(name)}", with: values[name] ?? known ?? plausible)
            }
        }
    }

    fileprivate static func plausible(_ schema: JSON?) -> String {
        if schema?["pattern"]?.string == ExtensionID.pattern { return "00000000-0000-4000-8000-000000000000" }
        return schema?["type"]?.string == "integer" ? "1" : "acct_1"
    }

    let json: JSON
    let routes: [Route]
    private let schemas: SchemaReader

    init(_ json: JSON) {
        self.json = json
        schemas = SchemaReader(root: json)
        routes = (json["paths"]?.members ?? []).flatMap { path in
            (path.value.members ?? []).map {
                Route(method: $0.name.uppercased(), path: path.name, operation: $0.value)
            }
        }
    }

    func route(_ method: String, _ target: String) -> Route? {
        let segments = target.prefix { $0 != "?" }.split(separator: "/")
        let matching = routes.filter { route in
            (route.path.hasSuffix("{tile}")
                ? route.segments.count <= segments.count : route.segments.count == segments.count)
                && zip(route.segments, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        // A path that is spelt out hides the one with a parameter in its place, whatever their methods.
        let most = matching.map(literals).max()
        return matching.first { $0.method == method && literals($0) == most }
    }

    private func literals(_ route: Route) -> Int { route.segments.count { !$0.hasPrefix("{") } }

    /// Where an answer is not what the document says; what has no route must be an error in the common form.
    func complaints(_ method: String, _ target: String, _ answer: APIAnswer) -> [String] {
        guard method != "HEAD" else { return [] }
        guard let route = route(method, target) else {
            guard [400, 404, 405].contains(answer.status) else { return ["answers where nothing is documented"] }
            return schemas.complaints(answer.json, ["$ref": "#/components/schemas/Error"], at: "body")
        }
        guard let documented = route.operation["responses"]?[String(answer.status)] else {
            return ["the status is not documented"]
        }
        guard let content = documented["content"] else { return answer.body.isEmpty ? [] : ["has a body"] }
        let type = String((answer.headers["content-type"] ?? "").prefix { $0 != ";" })
        guard let media = content[type] else { return ["the content type \(type) is not documented"] }
        guard type == "application/json" else { return [] }
        var complaints = schemas.complaints(answer.json, media["schema"] ?? true, at: "body")
        if let status = answer.json.at("error", "status")?.integer, status != answer.status {
            complaints.append("the body says \(status)")
        }
        return complaints
    }

    func schemaComplaints(_ value: JSON, _ name: String) -> [String] {
        schemas.complaints(value, ["$ref": .string("#/components/schemas/\(name)")], at: name)
    }

    /// The schema of an operation's body.
    func bodyComplaints(_ value: JSON, _ route: Route) -> [String] {
        let schema = route.operation.at("requestBody", "content", "application/json", "schema")
        return schemas.complaints(value, schema ?? false, at: "body")
    }
}
