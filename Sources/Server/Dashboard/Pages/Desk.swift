import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Where pages ask for what they show and do: the operations of the API, within the process. So the rules, the refusals
/// and the words are the same as for every other caller.
struct Desk: Sendable {
    private let operations: [String: Operation]
    private let security: SecurityWatch

    init(_ operations: [Operation], _ security: SecurityWatch) {
        self.security = security
        self.operations = Dictionary(uniqueKeysWithValues: operations.map { ($0.id, $0) })
    }

    /// - Parameters:
    ///   - id: of an operation.
    ///   - revision: the one that the visitor has seen (`If-Match`).
    ///   - key: says that two forms are the same one (`Idempotency-Key`).
    /// - Returns: the answer's JSON.
    /// - Throws: what the operation refuses with.
    func ask(
        _ id: String, _ visit: Visit, path: KeyValuePairs<String, String> = [:],
        query: KeyValuePairs<String, String?> = [:], body: JSON? = nil, revision: Int? = nil,
        key: String? = nil
    ) async throws -> JSON {
        try await Self.json(
            answer(id, visit, path: path, query: query, body: body, revision: revision, key: key))
    }

    /// The same, as it would be sent.
    ///
    /// - Parameter mediaType: the one that is wanted (`Accept`).
    func answer(
        _ id: String, _ visit: Visit, path: KeyValuePairs<String, String> = [:],
        query: KeyValuePairs<String, String?> = [:], body: JSON? = nil, revision: Int? = nil,
        key: String? = nil, mediaType: String? = nil
    ) async throws -> Response {
        guard let operation = operations[id] else { preconditionFailure("there is no operation \(id)") }
        switch operation.access {
        case .anyone, .known: break
        case .permission(let permission): try Authoriser.require(permission, visit.caller)
        case .system: try Authoriser.requireSystemKey(visit.caller)
        case .systemAdmin: try Authoriser.requireSystemAdmin(visit.caller)
        }
        let call = try Call(
            operation: operation, request: Self.request(operation, visit, path, query, revision, key, mediaType),
            parameters: Parameters(path.map { ($0.key[...], $0.value[...]) }), caller: visit.caller,
            correlationID: visit.correlationID, remoteAddress: visit.remoteAddress,
            body: ByteBuffer(bytes: body?.bytes ?? []), source: .dashboard, closeConnection: {})
        let answer = try await operation.handler(call)
        if operation.readsHistory {
            security.read(answer, operation.id, call.request, by: call.caller, from: call.remoteAddress)
        }
        return answer
    }

    private static func request(
        _ operation: Operation, _ visit: Visit, _ path: KeyValuePairs<String, String>,
        _ query: KeyValuePairs<String, String?>, _ revision: Int?, _ key: String?, _ mediaType: String?
    ) -> Request {
        var target = operation.path
        for (name, value) in path { target = target.replacing("{\(name)}", with: PercentEncoding.encode(value)) }
        var head = HTTPRequest(
            method: operation.method, scheme: nil, authority: nil, path: target + PercentEncoding.query(query))
        head.headerFields[.userAgent] = visit.request.headers[.userAgent]
        head.headerFields[.accept] = mediaType
        head.headerFields[.ifMatch] = revision.map { "\"\($0)\"" }
        head.headerFields[.idempotencyKey] = key
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }

    private static func json(_ response: Response) async throws -> JSON {
        try JSONParser.parse(Array(try await response.body.collect().readableBytesView))
    }
}
