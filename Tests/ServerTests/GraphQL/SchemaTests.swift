import Domain
import GraphQL
import Server
import Testing

@Suite("The GraphQL schema")
struct SchemaTests {

    @Test func `has a binding for every field, and an argument's name has a place in the operation`() async throws {
        try await APIServer.run { server in
            let schema = try await GraphQLSchema.read(from: server)
            #expect(schema.rootFields.sorted() == GraphQLBinding.all.map(\.field.name).sorted())
            for binding in GraphQLBinding.all {
                let route = try #require(server.document.routes.first { $0.id == binding.operation })
                let body = route.operation.at("requestBody", "content", "application/json", "schema", "properties")
                var places = (route.parameters(in: "path") + route.parameters(in: "query")).compactMap {
                    $0["name"]?.string
                }
                places += (body?.members ?? []).map(\.name)
                if route.parameters(in: "header").count > 0 { places += ["if_revision", "idempotency_key"] }
                let given = schema.arguments(of: binding.field.name).map { argument in
                    binding.field.renames[argument.name] ?? GraphQLSchema.snake(argument.name)
                }
                #expect(given.sorted() == places.sorted(), "\(binding.field.name) and \(binding.operation)")
            }
        }
    }

    @Test func `reaches whatever REST does, but what is for programs or has no end`() async throws {
        try await APIServer.run { server in
            let bound = Set(GraphQLBinding.all.map(\.operation))
            let left = server.document.routes.filter { !bound.contains($0.id) }.map(\.path)
            let expected = [
                "/v1/internal/", "/v1/feed", "/v1/changes", "/v1/gql", "/v1/schema", "/health/", "/metrics",
                "/v1/api-doc/", "/v1/webhooks/", "/api/", "/checkpoint", "/tile/",
            ]
            for path in left { #expect(expected.contains { path.hasPrefix($0) }, "\(path)") }
        }
    }

    @Test func `has the members of REST's representations, all of them`() async throws {
        try await APIServer.run { server in
            let schema = try await GraphQLSchema.read(from: server)
            let documented = server.document.json.at("components", "schemas")
            var compared = 0
            for type in schema.objectTypes {
                let name = type == "AuditEvent" ? "EventWithReceipts" : type == "ExtensionInstall" ? "Install" : type
                guard let properties = documented?[name]?["properties"]?.members else { continue }
                // What tells the two kinds of modules apart needs no telling where they have types of their own.
                let members = properties.map(\.name).filter {
                    name == "BotModule" ? !["kind", "install_id"].contains($0) : $0 != "kind" || name != "Install"
                }
                let fields = schema.fields(of: type).compactMap { $0["name"]?.string }.map(GraphQLSchema.snake)
                #expect(fields.sorted() == members.sorted(), "\(type)")
                compared += 1
            }
            #expect(compared >= 12)
        }
    }

    @Test func `is served as it stands in the repository, explains itself, and can be hidden`() async throws {
        try await APIServer.run { server in
            let answer = try await server.get("/v1/schema", as: .nobody)
            #expect(answer.status == 200 && answer.text.contains("updateBotModule("))
            let schema = try await GraphQLSchema.read(from: server)
            for (name, description) in schema.everythingDescribed { #expect(description?.isEmpty == false, "\(name)") }
        }
        try await APIServer.run(in: nil, { $0.graphQL = GraphQLConfiguration(allowsIntrospection: false) }) { server in
            #expect(try await server.get("/v1/schema", as: .nobody).status == 404)
            let asked = try await server.post("/v1/gql", ["query": "{ __schema { types { name } } }"])
            #expect(asked.code == "graphql_validation_error")
            let type = try await server.post("/v1/gql", ["query": "{ __typename }"])
            #expect(type.data["__typename"] == "Query")
        }
    }
}
