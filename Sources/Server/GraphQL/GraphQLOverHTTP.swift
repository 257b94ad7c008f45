import Domain
import GraphQL
import HTTPTypes
import Hummingbird
import NIOCore

/// Requests and answers as the specification "GraphQL over HTTP" has them.
enum GraphQLOverHTTP {
    /// `{"query", "operationName"?, "variables"?, "extensions"?}`
    static func request(_ call: Call, body: JSON) throws -> GraphQLRequest {
        if body.array != nil {
            throw APIError(.badRequest, "batch_not_taken", "send one request at a time, as a JSON object: no array")
        }
        return try withBadRequests { try request(call, ObjectReader(body), readsOnly: false) }
    }

    /// The same from an address: there `variables` and `extensions` are JSON in text.
    static func request(_ call: Call) throws -> GraphQLRequest {
        try withBadRequests { try request(call, ObjectReader(.object(try members(call))), readsOnly: true) }
    }

    private static func members(_ call: Call) throws -> [JSON.Member] {
        var query = try call.query()
        var members: [JSON.Member] = []
        for name in ["query", "operationName", "variables", "extensions"] {
            guard let text = query.value(name)?.string else { continue }
            guard name == "variables" || name == "extensions" else {
                members.append(.init(name, .string(text)))
                continue
            }
            do {
                members.append(.init(name, try JSONParser.parse(Array(text.utf8))))
            } catch {
                query.fail(name, "malformed_json", "must be JSON: \(error)")
            }
        }
        try query.finish()
        return members
    }

    private static func request(
        _ call: Call, _ given: ObjectReader, readsOnly: Bool
    ) throws -> GraphQLRequest {
        var reader = given
        let query = reader.string("query", lengthMax: GraphQLRoutes.bodyBytesMax)
        let text = reader.require("query", query)
        let operationName = reader.string("operationName", lengthMax: 1000)
        let variables = object("variables", &reader)
        _ = object("extensions", &reader)
        try reader.finish()
        return GraphQLRequest(
            query: text ?? "", operationName: operationName, variables: variables?.bytes, readsOnly: readsOnly,
            correlationID: call.correlationID)
    }

    /// The specification wants 400 where REST has 422.
    private static func withBadRequests(_ body: () throws -> GraphQLRequest) throws -> GraphQLRequest {
        do {
            return try body()
        } catch let error as ValidationFailed {
            let refusal = APIError(error)
            throw APIError(.badRequest, refusal.code, refusal.message, details: refusal.details)
        }
    }

    private static func object(_ name: String, _ reader: inout ObjectReader) -> JSON? {
        guard let value = reader.value(name), value != .null else { return nil }
        guard value.members != nil else {
            reader.fail(name, "wrong_type", "must be an object or null")
            return nil
        }
        return value
    }

    // MARK: answers

    static func response(_ answer: GraphQLAnswer, _ media: GraphQLMedia) throws -> Response {
        switch answer {
        case .executed(let json, _): return response(.ok, media, ByteBuffer(bytes: json))
        case .refused(let json): return try refusal(json, media)
        case .failed(.tooLarge):
            throw APIError(.badRequest, "too_complex", "the answer is too large: ask for fewer rows or fields")
        case .failed(.tookTooLong):
            throw APIError(
                .serviceUnavailable, "timeout", "it took too long: what was asked to change may still change",
                headers: [.retryAfter: "5"])
        case .failed(.broke(let reason)): throw GraphQLBroke(reason: reason)
        }
    }

    private static func refusal(_ json: [UInt8], _ media: GraphQLMedia) throws -> Response {
        let answer = try JSONParser.parse(json)
        let status = answer["status"]?.integer ?? 400
        let errors = JSON.object([.init("errors", answer["errors"] ?? [])])
        // Clients of the older form read the errors only if the status is 200.
        let shown = media == .json && status == 400 ? 200 : status
        var response = Self.response(HTTPResponse.Status(code: shown), media, ByteBuffer(bytes: errors.bytes))
        if status == 405 { response.headers[.allow] = "POST" }
        return response
    }

    static func response(_ status: HTTPResponse.Status, _ media: GraphQLMedia, _ json: ByteBuffer) -> Response {
        var headers = Answers.jsonHeaders
        headers[.contentType] = media.contentType
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: json))
    }

    /// What went wrong before anything was run: `{"errors": [{"message", "extensions"}]}`
    static func failing(_ error: APIError, _ request: Request, _ correlationID: String) -> Response {
        var writer = JSONWriter()
        writer.object { body in
            body.name("errors")
            body.array { errors in
                errors.object { one in
                    one.member("message", error.message)
                    one.name("extensions")
                    one.object { extensions in
                        extensions.member("code", error.code)
                        extensions.member("status", error.status.code)
                        extensions.name("details")
                        extensions.array { array in
                            for failure in error.details { array.object { failure.encode(into: &$0) } }
                        }
                        extensions.member("correlationId", correlationID)
                    }
                }
            }
        }
        let media = GraphQLMedia(accept: request.headers[.accept], among: [.json, .graphql]) ?? .json
        var response = Self.response(error.status, media, ByteBuffer(bytes: writer.bytes))
        for field in error.headers { response.headers.append(field) }
        response.headers[.correlationID] = correlationID
        return response
    }
}

/// The engine gave up on a request.
struct GraphQLBroke: Error, CustomStringConvertible {
    let reason: String

    var description: String { "GraphQL: \(reason)" }
}
