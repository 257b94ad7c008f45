import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Whoever answers the requests to one port of a fake platform.
protocol StagePort: Sendable {
    func take(_ request: StageServer.Request) -> StageServer.Reply

    /// Whether an upgrade to a WebSocket is granted there.
    func opensSocket(at uri: String) -> Bool

    /// The connection is a WebSocket from here on.
    func open(_ channel: any Channel, uri: String) throws
}

/// One connection to a fake platform, until it becomes a WebSocket.
final class StageHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let port: any StagePort
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    private init(_ port: any StagePort) { self.port = port }

    static func install(on channel: any Channel, of port: any StagePort) throws {
        let handler = StageHandler(port)
        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: 1 << 16, automaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(port.opensSocket(at: head.uri) ? [:] : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture { try port.open(channel, uri: head.uri) }
            })
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
                }
            ))
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let bytes): body += bytes.readableBytesView
        case .end: if let head { answer(head, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let parts = URLComponents(string: head.uri)
        let query = (parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        let request = StageServer.Request(
            method: head.method.rawValue, path: parts?.path ?? head.uri, query: Dictionary(query) { $1 },
            headers: head.headers, bytes: body)
        switch port.take(request) {
        case .nothing: break
        case .close: context.close(promise: nil)
        case .answer(let answer, let cut): write(answer, cut: cut, context)
        }
    }

    private func write(_ answer: StageServer.Answer, cut: Bool, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders(answer.headers)
        if answer.status != 204 {
            headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.utf8.count + (cut ? 10 : 0))")
        }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if answer.status != 204 {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        guard cut else { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        context.flush()
        context.close(promise: nil)
    }
}

/// The frames of one WebSocket of a fake.
final class StageFrames: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let socket: StageSocket
    private let server: StageServer
    private let path: String

    init(_ socket: StageSocket, _ server: StageServer, path: String) {
        (self.socket, self.server, self.path) = (socket, server, path)
    }

    func handlerAdded(context: ChannelHandlerContext) { server.add(socket, for: path) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: socket.take(String(buffer: frame.unmaskedData))
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.remove(socket)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
