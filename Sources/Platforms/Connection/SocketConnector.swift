import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens sockets of texts: messages of a WebSocket (`ws`, `wss`) or lines (`irc`, `ircs`).
struct SocketConnector: Sendable {
    typealias TextChannel = NIOAsyncChannel<String, ByteBuffer>

    /// One more authority to trust (PEM).
    let authorityFile: String?
    var connectTimeout = TimeAmount.seconds(10)
    /// Of one text over a WebSocket. The largest of Twitch's have some 10 KiB.
    var textBytesMax = 1 << 17

    /// - Parameter begun: gets the channel before anything is sent, so that it can be closed at any time.
    func connect(_ text: String, begun: @escaping @Sendable (any Channel) -> Void) async throws -> TextChannel {
        guard let address = SocketAddressText(text) else { throw SocketClosing(reason: "the address is no URL") }
        let tls = address.isSecure ? try TLSTrust.context(authorityFile: authorityFile) : nil
        let opening = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: address.host, port: address.port) { channel in
                begun(channel)
                return channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: address.serverName)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return address.isWebSocket
                        ? try upgrade(channel, to: address)
                        : channel.eventLoop.makeSucceededFuture(try Self.wrapLines(channel))
                }
            }
        guard let channel = try await opening.get() else { throw SocketClosing(reason: "it is no WebSocket") }
        return channel
    }

    private static func wrapLines(_ channel: any Channel) throws -> TextChannel {
        try channel.pipeline.syncOperations.addHandler(SocketLines())
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }

    private func upgrade(_ channel: any Channel, to address: SocketAddressText) throws -> EventLoopFuture<TextChannel?>
    {
        let textBytesMax = textBytesMax
        let upgrader = NIOTypedWebSocketClientUpgrader<TextChannel?>(
            maxFrameSize: textBytesMax, enableAutomaticErrorHandling: false,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WebSocketTexts(textBytesMax: textBytesMax))
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            })
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: address.target, headers: ["Host": address.hostHeader])
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(nil) })
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // The first message may come together with the handshake's answer; by default it would be thrown away.
        pipeline.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
    }

    /// What an error of the network means, without an address.
    static func closing(_ error: any Error) -> SocketClosing {
        switch error {
        case let closing as SocketClosing: closing
        case is CancellationError: SocketClosing(reason: "cancelled")
        case is NIOSSLError, is BoringSSLError: SocketClosing(reason: "the TLS handshake failed")
        case is NIOWebSocketError: SocketClosing(reason: "a frame is broken or too large")
        case is NIOConnectionError: SocketClosing(reason: "nobody answers")
        case let error as IOError: SocketClosing(reason: "the connection broke (errno \(error.errnoCode))")
        default: SocketClosing(reason: "the connection broke")
        }
    }
}

/// Where a socket leads, taken from its URL.
struct SocketAddressText: Equatable, Sendable {
    let scheme: String, host: String, port: Int
    /// As HTTP wants it: with the port only when it is not the usual one.
    let hostHeader: String
    /// Path and query.
    let target: String

    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let standard = ["ws": 80, "wss": 443, "irc": 6667, "ircs": 6697][scheme],
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            case let port = parts.port ?? standard, (1...65_535).contains(port)
        else { return nil }
        (self.scheme, self.host, self.port) = (scheme, host, port)
        hostHeader = port == standard ? host : "\(host):\(port)"
        let path = parts.percentEncodedPath
        target = (path.isEmpty ? "/" : path) + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }

    var isSecure: Bool { scheme == "wss" || scheme == "ircs" }
    var isWebSocket: Bool { scheme == "ws" || scheme == "wss" }

    /// What TLS may be told: no numeric address (RFC 6066, section 3).
    var serverName: String? {
        host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? nil : host
    }
}
