import Domain
import Foundation
import GraphQL
import Server
import Testing

/// The same thing asked through REST of one server and through GraphQL of another, which both have the same past.
struct TwoDoors: Sendable {
    let rest: APIServer, graphQL: APIServer
    let schema: GraphQLSchema

    static func open(_ body: @Sendable @escaping (TwoDoors) async throws -> Void) async throws {
        try await APIServer.run(in: nil, { $0.bundleJudge = SampleJudge() }) { rest in
            try await APIServer.run(in: nil, { $0.bundleJudge = SampleJudge() }) { graphQL in
                try await body(
                    TwoDoors(rest: rest, graphQL: graphQL, schema: try await GraphQLSchema.read(from: graphQL)))
            }
        }
    }

    /// What came of it, in REST's words: `{"data", "meta"}` or `{"error"}`.
    struct Outcome: Equatable, CustomStringConvertible {
        let data: JSON, meta: JSON, error: JSON

        var description: String { "data \(data.text)\nmeta \(meta.text)\nerror \(error.text)" }
    }

    /// Asks both doors, and expects the same.
    /// - Parameters:
    ///   - arguments: in REST's names; `if_revision` and `idempotency_key` stand for the headers.
    ///   - expects: the status of REST.
    /// - Returns: REST's data, and GraphQL's: what is made up by chance may differ.
    @discardableResult
    func ask(
        _ field: String, _ arguments: [(String, JSON)] = [], expects status: Int = 200,
        as caller: @Sendable (APIServer) -> APIServer.Bearer = { _ in .admin }
    ) async throws -> (rest: JSON, graphQL: JSON) {
        guard let binding = GraphQLBinding.all.first(where: { $0.field.name == field }) else {
            Issue.record("there is no field \(field)")
            return (.null, .null)
        }
        let first = try await askREST(binding, arguments, status, caller(rest))
        let second = try await askGraphQL(binding, arguments, caller(graphQL))
        let (left, right) = (Self.withoutChance(first), Self.withoutChance(second))
        #expect(left == right, "\(field) \(arguments)\nREST: \(left)\nGraphQL: \(right)")
        return (first.data, second.data)
    }

    private func askREST(
        _ binding: GraphQLBinding, _ arguments: [(String, JSON)], _ status: Int, _ caller: APIServer.Bearer
    ) async throws -> Outcome {
        guard let route = rest.document.routes.first(where: { $0.id == binding.operation }) else {
            throw APIServer.NotRunning()
        }
        var target = route.path, query: [String] = [], headers: [(String, String)] = [], body: [JSON.Member] = []
        for (given, value) in arguments {
            let name = binding.field.renames[given] ?? given
            let text = value.string ?? value.text
            let encoded = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            if name == "if_revision" {
                headers.append(("If-Match", "\"\(text)\""))
            } else if name == "idempotency_key" {
                headers.append(("Idempotency-Key", text))
            } else if target.contains("{\(name)}") {
                target = target.replacing("{\(name)}", with: encoded)
            } else if route.parameters(in: "query").contains(where: { $0["name"]?.string == name }) {
                query.append("\(name)=\(encoded)")
            } else {
                body.append(.init(name, value))
            }
        }
        if !query.isEmpty { target += "?" + query.joined(separator: "&") }
        let answer = try await rest.send(
            route.method, target, route.hasBody ? .object(body) : nil, as: caller, headers: headers)
        #expect(answer.status == status, "\(route) \(answer.text.prefix(500))")
        return Self.outcome(answer, binding)
    }

    private static func outcome(_ answer: APIAnswer, _ binding: GraphQLBinding) -> Outcome {
        if let error = answer.json["error"] { return Outcome(data: .null, meta: .null, error: error) }
        let isRaw = answer.json["data"] == nil
        var data = isRaw ? answer.json : answer.data
        if let only = binding.field.only { data = .array(answer.rows.filter { $0["kind"]?.string == only }) }
        var meta = answer.meta.members ?? []
        if !binding.field.meta.isEmpty {
            if answer.meta["visible"] == nil { meta.append(.init("visible", true)) }
            meta.append(.init("replayed", .bool(answer.headers["idempotency-replayed"] != nil)))
        }
        return Outcome(data: data, meta: binding.field.as == nil ? .null : .object(meta), error: .null)
    }

    private func askGraphQL(
        _ binding: GraphQLBinding, _ arguments: [(String, JSON)], _ caller: APIServer.Bearer
    ) async throws -> Outcome {
        let name = binding.field.name, declared = schema.arguments(of: name)
        let variables = arguments.map { argument in
            let camel = GraphQLSchema.camel(argument.0)
            let type = declared.first { $0.name == camel }?.type
            #expect(type != nil, "\(name) has no argument \(camel)")
            return JSON.Member(camel, schema.variable(argument.1, type ?? .null))
        }
        let document = schema.document(name, variables.map(\.name))
        let answer = try await graphQL.post(
            "/v1/gql", ["query": .string(document), "variables": .object(variables)], as: caller)
        #expect(answer.status == 200, "\(document)\n\(answer.text.prefix(500))")
        if let error = answer.graphQLError { return Outcome(data: .null, meta: .null, error: refusal(error)) }
        let type = schema.field(name)?["type"] ?? .null
        let value = schema.plain(answer.data[name] ?? .null, type)
        guard let member = binding.field.as else { return Outcome(data: value, meta: .null, error: .null) }
        let snake = GraphQLSchema.snake(member)
        let meta = (value.members ?? []).filter { $0.name != snake }
        return Outcome(data: value[snake] ?? .null, meta: .object(meta), error: .null)
    }

    private func refusal(_ error: JSON) -> JSON {
        let extensions = error["extensions"]
        return [
            "code": extensions?["code"] ?? .null, "message": error["message"] ?? .null,
            "status": extensions?["status"] ?? .null, "details": extensions?["details"] ?? .null,
            "correlation_id": extensions?["correlationId"] ?? .null,
        ]
    }

    /// What differs from server to server in any case: moments, ids made by chance, secrets, and the names that an
    /// argument has in the one and in the other.
    private static func withoutChance(_ outcome: Outcome) -> Outcome {
        Outcome(data: scrubbed(outcome.data), meta: scrubbed(outcome.meta), error: scrubbedError(outcome.error))
    }

    private static let byChance: Set<String> = [
        "correlation_id", "command_id", "digest", "milliseconds", "lag_seconds", "ip", "source", "secret",
    ]

    private static func scrubbed(_ value: JSON) -> JSON {
        switch value {
        case .object(let members):
            let kept = members.filter { $0.value != .null && !byChance.contains($0.name) && !isKindOfModule($0) }
            return .object(kept.map { .init($0.name, scrubbed($0.value)) }.sorted { $0.name < $1.name })
        case .array(let values): return .array(values.map(scrubbed))
        case .string(let text): return .string(scrubbed(text))
        default: return value
        }
    }

    /// GraphQL has a type for each.
    private static func isKindOfModule(_ member: JSON.Member) -> Bool {
        member.name == "kind" && ["builtin", "extension"].contains(member.value.string)
    }

    private static func scrubbed(_ text: String) -> String {
        var text = text
        text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "<moment>")
        text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "<id>")
        text.replace(/key_[0-9A-Za-z]+/, with: "<key>")
        return text
    }

    private static func scrubbedError(_ error: JSON) -> JSON {
        guard case .object = scrubbed(error) else { return .null }
        let details = (error["details"]?.array ?? []).map { detail -> JSON in
            [
                "path": sameNames(detail["path"]), "code": detail["code"] ?? .null,
                "message": sameNames(detail["message"]),
            ]
        }
        return [
            "code": error["code"] ?? .null, "status": error["status"] ?? .null, "details": .array(details),
            "message": sameNames(error["message"]),
        ]
    }

    private static func sameNames(_ text: JSON?) -> JSON {
        .string(GraphQLSchema.snake(scrubbed(text?.string ?? "")).replacing("module_name", with: "name"))
    }
}
