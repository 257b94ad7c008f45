import HTTPTypes
import Hummingbird
import NIOCore

/// An answer that goes on: server-sent events for as long as the reader is there and keeps up.
enum EventStreamAnswer {
    static let contentType = "text/event-stream"

    /// Whether the caller's `Accept` names it.
    static func isWanted(by call: Call) -> Bool {
        let types = call.request.headers[.accept]?.lowercased().split(separator: ",") ?? []
        return types.contains { $0.prefix { $0 != ";" }.filter { !$0.isWhitespace } == contentType }
    }

    /// - Parameters:
    ///   - open: registers the stream; nil when there are too many. What it says besides goes to `begin`.
    ///   - begin: sends what goes before; false when that was all.
    static func response<Start: Sendable>(
        open: @escaping @Sendable () -> (stream: OpenStream, start: Start)?,
        close: @escaping @Sendable (OpenStream) -> Void,
        begin: @escaping @Sendable (Start, inout any ResponseBodyWriter) async throws -> Bool
    ) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: contentType, .cacheControl: "no-store", .accelBuffering: "no"],
            body: ResponseBody { writer in
                // Registered only now: the answer to a HEAD has no body.
                guard let (stream, start) = open() else {
                    try await writer.write(ByteBuffer(string: ": too many streams are open, come again later\n\n"))
                    return try await writer.finish(nil)
                }
                defer { close(stream) }
                if try await begin(start, &writer) {
                    while let chunk = await stream.next() { try await writer.write(chunk) }
                }
                try await writer.finish(nil)
            })
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
