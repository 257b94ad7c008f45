import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import Server

/// A connection on which nothing can be written any more, until it is closed.
private final class StalledConnection: Sendable {
    struct Closed: Error {}

    private let closing = AsyncStream.makeStream(of: Void.self)

    func close() { closing.continuation.finish() }

    func waitUntilClosed() async { for await _ in closing.stream {} }

    struct Writer: ResponseBodyWriter {
        let connection: StalledConnection

        mutating func write(_ buffer: ByteBuffer) async throws {
            await connection.waitUntilClosed()
            throw Closed()
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}

/// A connection that its reader has closed.
private struct ClosedWriter: ResponseBodyWriter {
    mutating func write(_ buffer: ByteBuffer) async throws { throw StalledConnection.Closed() }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

@Suite("A reader who takes nothing", .timeLimit(.minutes(1)))
struct StalledReaderTests {
    @Test func `of a snapshot because it has gone ends nothing else`() async throws {
        try await APIServer.run { server in
            for number in 0..<8 { try await server.register("acct_\(number)") }
            let services = server.plane.services
            var limits = SnapshotStream.Limits()
            limits.chunkBytes = 1
            for _ in 0..<20 {
                let body = SnapshotStream.body(services.readModels, at: services.clock.now, limits: limits) {}
                await #expect(throws: StalledConnection.Closed.self) { try await body.write(ClosedWriter()) }
            }
            #expect(try await server.get("/v1/admin/accounts").rows.count == 8)
        }
    }

    @Test func `of a snapshot is cut, and its transaction ends`() async throws {
        try await APIServer.run { server in
            for number in 0..<8 { try await server.register("acct_\(number)") }
            let services = server.plane.services, connection = StalledConnection()
            var limits = SnapshotStream.Limits()
            (limits.chunkBytes, limits.stallSeconds) = (1, 0.1)
            let body = SnapshotStream.body(services.readModels, at: services.clock.now, limits: limits) {
                connection.close()
            }
            // Without the cut it would wait for ever.
            await #expect(throws: StalledConnection.Closed.self) {
                try await body.write(StalledConnection.Writer(connection: connection))
            }
        }
    }
}
