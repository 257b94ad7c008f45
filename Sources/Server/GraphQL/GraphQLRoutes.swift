import Domain
import GraphQL
import HTTPTypes
import Hummingbird
import NIOCore

/// `/v1/gql`: everything that the other operations do, by GraphQL; and its schema.
struct GraphQLRoutes: Sendable {
    /// An extension's bundle is the largest thing that is sent, and its text is escaped twice.
    static let bodyBytesMax = 2 << 20
    static let schema = String(decoding: PackageResources.schema_graphqls, as: UTF8.self)

    private let services: Services
    private let fields: [BoundField]
    private let engine: Result<GraphQLEngine, APIError>
    private let configuration: GraphQLConfiguration
    private let kept = KeptAnswers()

    /// - Parameter operations: all that a field may ask for.
    init(services: Services, configuration: GraphQLConfiguration, operations: [Operation]) {
        (self.services, self.configuration) = (services, configuration)
        fields = GraphQLBinding.all.map { binding in
            guard let operation = operations.first(where: { $0.id == binding.operation }) else {
                preconditionFailure("\(binding.field.name) asks for \(binding.operation), which is no operation")
            }
            return BoundField(binding, operation, services)
        }
        engine = configuration.library.map { library in
            var limits = GraphQLLimits()
            limits.introspection = configuration.allowsIntrospection
            return GraphQLEngine(
                GraphQLSetup(
                    schema: Self.schema, fields: GraphQLBinding.all.map(\.field), limits: limits, library: library))
        }.mapError { APIError(.serviceUnavailable, "graphql_unavailable", "\($0)") }
    }

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: "/v1/gql", id: "postGraphQL",
                summary: "Run a GraphQL document: queries, or mutations one after the other.", access: .known,
                body: GraphQLSchemas.request, bodyBytesMax: Self.bodyBytesMax, answer: GraphQLSchemas.answer,
                mediaTypes: GraphQLSchemas.mediaTypes,
                refusals: GraphQLSchemas.refusals, otherAnswers: GraphQLSchemas.failures,
                failing: GraphQLOverHTTP.failing, handler: post),
            Operation(
                method: .get, path: "/v1/gql", id: "getGraphQL",
                summary: "Run a GraphQL query; for a browser: a page to try queries on.", access: .known,
                parameters: GraphQLSchemas.parameters, answer: GraphQLSchemas.answer,
                mediaTypes: GraphQLSchemas.mediaTypes,
                refusals: GraphQLSchemas.refusals.merging([405: "A mutation: send it by POST."]) { $1 },
                otherAnswers: GraphQLSchemas.failures, failing: GraphQLOverHTTP.failing, handler: get),
            Operation(
                method: .get, path: "/v1/schema", id: "getGraphQLSchema", summary: "The GraphQL schema, as SDL.",
                access: .anyone, answer: .raw(contentType: "text/plain; charset=utf-8", schema: ["type": "string"]),
                refusals: [404: "The schema is not shown here."], handler: schema),
        ]
    }

    @Sendable private func schema(_ call: Call) async throws -> Response {
        guard configuration.allowsIntrospection else { throw APIError.notFound("the schema is not shown here") }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: Self.schema)))
    }

    @Sendable private func post(_ call: Call) async throws -> Response {
        let media = try media(call, among: [.json, .graphql])
        let caller = try await identify(call)
        return try await answer(try GraphQLOverHTTP.request(call, body: call.json()), call, caller, media)
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let media = try media(call, among: [.json, .graphql, .page])
        if media == .page { return QueryPage.response }
        let caller = try await identify(call)
        return try await answer(try GraphQLOverHTTP.request(call), call, caller, media)
    }

    private func media(_ call: Call, among forms: [GraphQLMedia]) throws -> GraphQLMedia {
        guard let media = GraphQLMedia(accept: call.request.headers[.accept], among: forms) else {
            let names = forms.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .notAcceptable, "not_acceptable", "the Accept header takes nothing of what there is: \(names)")
        }
        return media
    }

    private func identify(_ call: Call) async throws -> Caller {
        try await services.gate.identify(
            call.request.headers[.authorization], address: call.remoteAddress, budget: .ordinary)
    }

    private func answer(
        _ request: GraphQLRequest, _ call: Call, _ caller: Caller, _ media: GraphQLMedia
    ) async throws -> Response {
        let engine = try engine.get()
        try await charge(request, caller, engine)
        let key = KeptAnswers.Key(request, caller)
        if let known = kept.answer(to: key, isCurrent: isCurrent) {
            for asked in known.versions.dropFirst() {
                try services.gate.charge(caller, fields[asked.field].operation.budget)
            }
            return GraphQLOverHTTP.response(.ok, media, known.body)
        }
        let resolver = FieldResolver(fields, for: call, by: caller, services)
        let answer = await engine.answer(request, resolver)
        if case .executed(let json, hasErrors: false) = answer {
            let entry = KeptAnswers.Entry(versions: resolver.history, body: ByteBuffer(bytes: json))
            if entry.versions.allSatisfy({ $0.version != nil }) { kept.keep(entry, for: key) }
            return GraphQLOverHTTP.response(.ok, media, entry.body)
        }
        return try GraphQLOverHTTP.response(answer, media)
    }

    private func isCurrent(_ entry: KeptAnswers.Entry) -> Bool {
        entry.versions.allSatisfy { fields[$0.field].operation.version?() == $0.version }
    }

    /// Pauses and kills have a budget of their own, here too: it counts when nothing else is asked for.
    private func charge(_ request: GraphQLRequest, _ caller: Caller, _ engine: GraphQLEngine) async throws {
        do {
            try services.gate.charge(caller, .ordinary)
        } catch {
            guard let asked = await engine.rootFields(of: request), !asked.isEmpty,
                asked.allSatisfy({ fields.indices.contains($0) && fields[$0].operation.budget == .emergency })
            else { throw error }
            try services.gate.charge(caller, .emergency)
        }
    }
}
