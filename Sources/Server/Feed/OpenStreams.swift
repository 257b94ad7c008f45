import NIOCore

/// The open streams of one kind, each with what its reader wants of it.
struct OpenStreams<Wish: Sendable>: Sendable {
    static var countMax: Int { 10_000 }

    private var streams: [ObjectIdentifier: (stream: OpenStream, wish: Wish)] = [:]
    private var isClosed = false

    var count: Int { streams.count }

    var isEmpty: Bool { streams.isEmpty }

    var all: [OpenStream] { streams.values.map(\.stream) }

    /// - Returns: nil when there are too many, or the server is stopping.
    /// - Parameter cut: closes the connection.
    mutating func open(_ authorization: String, _ wish: Wish, cut: @escaping @Sendable () -> Void) -> OpenStream? {
        guard !isClosed, streams.count < Self.countMax else { return nil }
        let stream = OpenStream(authorization: authorization, cut: cut)
        streams[ObjectIdentifier(stream)] = (stream, wish)
        return stream
    }

    mutating func remove(_ stream: OpenStream) {
        streams[ObjectIdentifier(stream)] = nil
    }

    mutating func offer(_ chunk: ByteBuffer) {
        offer { _ in chunk }
    }

    /// - Parameter chunk: what a reader gets who has this wish; nil for nothing.
    mutating func offer(_ chunk: (Wish) -> ByteBuffer?) {
        for (id, (stream, wish)) in streams {
            if let chunk = chunk(wish), !stream.offer(chunk) { streams[id] = nil }
        }
    }

    /// Ends all that are open now.
    mutating func end(with farewell: ByteBuffer) {
        for stream in all { stream.end(with: farewell) }
        streams = [:]
    }

    /// Lets nobody in any more.
    mutating func close() {
        isClosed = true
        end(with: ByteBuffer(string: ": goodbye\n\n"))
    }
}

extension Authenticator {
    /// Ends the streams of those who would not be let in any more.
    func turnOut(_ streams: [OpenStream], _ remove: (OpenStream) -> Void) async {
        for stream in streams where cached(stream.authorization) == nil {
            do {
                _ = try await authenticate(stream.authorization)
            } catch {
                remove(stream)
                stream.end(with: ByteBuffer(string: ": these credentials are taken no longer\n\n"))
            }
        }
    }
}
