import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Synchronization

/// The one HTTP port of the fake: the API, and the door to EventSub.
final class HTTPStage: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let twitch: FakeTwitch
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    private init(_ twitch: FakeTwitch) { self.twitch = twitch }

    static func install(on channel: any Channel, of twitch: FakeTwitch) throws {
        let stage = HTTPStage(twitch)
        let bound = NIOLoopBound(stage, eventLoop: channel.eventLoop)
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: 1 << 16, automaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(head.uri.hasPrefix("/ws") ? [:] : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    try EventSubStage.install(on: channel, of: twitch, uri: head.uri)
                }
            })
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
                }
            ))
        try channel.pipeline.syncOperations.addHandler(stage)
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
        let path = parts?.path ?? head.uri
        let query = (parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        let request = FakeTwitch.Request(
            route: HelixDesk.route(head.method.rawValue, path), method: head.method.rawValue, path: path,
            query: Dictionary(query) { $1 }, headers: head.headers, body: try? JSONParser.parse(body),
            form: StageServer.form(body))
        switch twitch.take(request) {
        case .nothing: break
        case .close: context.close(promise: nil)
        case .answer(let answer, let cut): write(answer, cut: cut, context)
        }
    }

    private func write(_ answer: HelixDesk.Answer, cut: Bool, _ context: ChannelHandlerContext) {
        var headers = answer.headers
        if answer.status != 204 {
            headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.utf8.count + (cut ? 10 : 0))")
        }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        guard cut else { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        context.flush()
        context.close(promise: nil)
    }
}

extension FakeTwitch {
    enum Reply {
        case nothing, close
        case answer(HelixDesk.Answer, cut: Bool)
    }

    /// Writes a request down and decides what becomes of it.
    func take(_ request: Request) -> Reply {
        if request.path == "/oauth2/token" { return .answer(refresh(request), cut: false) }
        let now = WallClock.system.now
        let (reply, spoken) = world.withLock { world -> (Reply, HelixDesk.Answer?) in
            world.requests.append(request)
            let (isOver, limits) = world.spend(settings, at: now)
            let fault = request.route.flatMap { world.nextFault($0) }
            if let fault, let reply = Self.reply(fault, to: request, limits: limits) { return (reply, nil) }
            var answer =
                isOver
                ? .failure(429, "Too Many Requests")
                : HelixDesk(request: request, bot: bot, now: now).answer(in: &world)
            answer.headers = limits
            if case .cutBody? = fault { return (.answer(answer, cut: true), answer) }
            return (.answer(answer, cut: false), answer)
        }
        if let spoken = spoken?.spoken { show(spoken.text, id: spoken.id, by: bot, in: spoken.room, badges: []) }
        return reply
    }

    private static func reply(_ fault: Fault, to request: Request, limits: HTTPHeaders) -> Reply? {
        switch fault {
        case .hang: return .nothing
        case .disconnect: return .close
        case .cutBody: return nil
        case .status(let status, let message):
            var answer = HelixDesk.Answer.failure(status, message)
            answer.headers = limits
            return .answer(answer, cut: false)
        case .answer(let status, let headers, let body):
            let headers = HTTPHeaders(headers.map { ($0.key, $0.value) })
            return .answer(HelixDesk.Answer(status: status, headers: headers, body: body), cut: false)
        case .drop(let code, let message):
            return .answer(HelixDesk.dropped(code: code, message: message), cut: false)
        case .echo: return .answer(.failure(400, "\(request.headers) \(request.query)"), cut: false)
        }
    }
}
