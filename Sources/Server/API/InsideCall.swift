import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// What another part of the server asks of an operation, in the terms of HTTP.
struct InsideRequest {
    /// By the names in the operation's path.
    var path: [String: String] = [:]
    var query: [(name: String, value: String)] = []
    var headers: HTTPFields = [:]
    var body = ByteBuffer()
}

extension Call {
    /// An operation that is asked for from inside, for somebody who called another.
    ///
    /// It goes through the same hands as one that came over HTTP, so that both have the same rules and errors.
    init(
        _ operation: Operation, _ asked: InsideRequest, by caller: Caller, within outer: Call,
        from source: EventMetadata.Source
    ) throws {
        guard asked.body.readableBytes <= operation.bodyBytesMax else { throw APIError.tooLarge(operation) }
        var parameters = Parameters(), path = ""
        for part in operation.path.split(separator: "/") {
            guard part.first == "{" else {
                path += "/" + part
                continue
            }
            let name = part.dropFirst().dropLast()
            let value = PercentEncoding.encode(asked.path[String(name)] ?? "")
            parameters[name] = value[...]
            path += "/" + value
        }
        let query = asked.query.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        if !query.isEmpty { path += "?" + query }
        let head = HTTPRequest(
            method: operation.method, scheme: nil, authority: nil, path: path, headerFields: asked.headers)
        try self.init(
            operation: operation, request: Request(head: head, body: RequestBody(buffer: asked.body)),
            parameters: parameters, caller: caller, correlationID: outer.correlationID,
            remoteAddress: outer.remoteAddress, body: asked.body, source: source,
            closeConnection: outer.closeConnection)
        if operation.takesNoQuery { try refuseQuery() }
    }
}

extension ResponseBody {
    /// The whole body.
    func collect() async throws -> ByteBuffer {
        let collected = CollectedBody()
        try await write(collected)
        return collected.buffer
    }
}

private final class CollectedBody: ResponseBodyWriter {
    private(set) var buffer = ByteBuffer()

    func write(_ part: ByteBuffer) async throws {
        if buffer.readableBytes == 0 { buffer = part } else { buffer.writeImmutableBuffer(part) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
