import NIOCore
import NIOPosix

/// Takes every connection and never says a word.
struct MuteServer {
    private let server: any Channel
    let port: Int

    init() async throws {
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
            host: "127.0.0.1", port: 0
        )
        .get()
        port = server.localAddress?.port ?? 0
    }

    func stop() async { try? await server.close() }
}
