import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Ports of the fake: bound before anybody is told of them, and served afterwards.
struct StageDoor {
    let certificate: StageCertificate?

    /// One port, whose guests wait until somebody serves them.
    struct Port {
        let server: any Channel, port: Int
        fileprivate let attendant: Attendant

        func serve(_ install: @escaping @Sendable (any Channel) throws -> Void) { attendant.set(install) }
    }

    /// How to serve, known a moment after the port is.
    fileprivate final class Attendant: Sendable {
        private let install = Mutex<(@Sendable (any Channel) throws -> Void)?>(nil)

        func set(_ install: @escaping @Sendable (any Channel) throws -> Void) { self.install.withLock { $0 = install } }

        func serve(_ channel: any Channel) throws {
            guard let install = install.withLock({ $0 }) else { throw ChannelError.operationUnsupported }
            try install(channel)
        }
    }

    func listen() async throws -> Port {
        let attendant = Attendant()
        let context = try certificate?.serverContext()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try attendant.serve(channel)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Port(server: server, port: server.localAddress?.port ?? 0, attendant: attendant)
    }
}
