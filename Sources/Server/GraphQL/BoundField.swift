import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// A field and the operation that answers for it, ready to be asked.
struct BoundField: Sendable {
    let pipeline: Pipeline
    let takesLong: Bool
    private let pathNames: Set<String>
    private let queryNames: Set<String>

    init(_ binding: GraphQLBinding, _ operation: Operation, _ services: Services) {
        pipeline = Pipeline(operation: operation, services: services)
        takesLong = binding.takesLong
        pathNames = Set(operation.pathParameters)
        queryNames = Set(operation.parameters.map(\.name) + (operation.isWrite ? Waiting.names : []))
    }

    var operation: Operation { pipeline.operation }

    /// A field's arguments as a request: each goes where the operation has a place for its name, or into the body.
    func request(_ arguments: [UInt8]) throws -> InsideRequest {
        var request = InsideRequest(), body: [JSON.Member] = []
        for argument in try JSONParser.parse(arguments).members ?? [] {
            if argument.name == "if_revision" {
                request.headers[.ifMatch] = argument.value.plainText.map { "\"\($0)\"" }
            } else if argument.name == "idempotency_key" {
                request.headers[.idempotencyKey] = argument.value.plainText
            } else if pathNames.contains(argument.name) {
                request.path[argument.name] = argument.value.plainText
            } else if queryNames.contains(argument.name) {
                if let text = argument.value.plainText { request.query.append((argument.name, text)) }
            } else {
                body.append(argument)
            }
        }
        if operation.body != nil { request.body = ByteBuffer(bytes: JSON.object(body).bytes) }
        return request
    }

    /// A response as the field's resolver takes it.
    func reply(_ response: Response) async throws -> [UInt8] {
        let body = try await response.body.collect()
        guard response.status.kind == .successful else { return Array(body.readableBytesView) }
        if case .raw = operation.answer { return Array(#"{"data":"#.utf8) + body.readableBytesView + Array("}".utf8) }
        guard response.headers[.idempotencyReplayed] != nil else { return Array(body.readableBytesView) }
        return try Self.replayed(body)
    }

    private static func replayed(_ body: ByteBuffer) throws -> [UInt8] {
        let answer = try JSONParser.parse(Array(body.readableBytesView))
        let meta = (answer["meta"]?.members ?? []) + [JSON.Member("replayed", .bool(true))]
        return JSON.object([.init("data", answer["data"] ?? .null), .init("meta", .object(meta))]).bytes
    }
}

extension JSON {
    /// A value as it stands in an address; nil for null, which stands nowhere.
    fileprivate var plainText: String? {
        switch self {
        case .null: nil
        case .string(let text): text
        case .number(let literal): literal
        case .bool(let flag): flag ? "true" : "false"
        case .array, .object: String(decoding: bytes, as: UTF8.self)
        }
    }
}
