import NIOCore
import NIOWebSocket

/// Makes whole texts of a WebSocket's frames (RFC 6455), and frames of what is to be said. By itself it sends nothing
/// but pongs: Twitch closes the connection of whoever says anything else, even goodbye.
final class WebSocketTexts: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = String
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = WebSocketFrame

    static let framesMax = 1024

    /// Of one text, in however many frames.
    private let textBytesMax: Int
    private var pending: ByteBuffer?
    private var frameCount = 0

    init(textBytesMax: Int) { self.textBytesMax = textBytesMax }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: unwrapOutboundIn(data))
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text where pending == nil: begin(frame, context)
        case .continuation where pending != nil: append(frame, context)
        case .ping: pong(frame, context)
        case .pong: break
        case .connectionClose: fail(closing(frame), context)
        default: fail(SocketClosing(reason: "a frame that does not belong there"), context)
        }
    }

    private func begin(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        (pending, frameCount) = (ByteBuffer(), 0)
        append(frame, context)
    }

    private func append(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        var piece = frame.unmaskedData
        pending?.writeBuffer(&piece)
        frameCount += 1
        guard let text = pending, text.readableBytes <= textBytesMax, frameCount <= Self.framesMax else {
            return fail(SocketClosing(reason: "a message is too large"), context)
        }
        guard frame.fin else { return }
        pending = nil
        guard let string = String(validating: text.readableBytesView, as: UTF8.self) else {
            return fail(SocketClosing(reason: "a message is not UTF-8"), context)
        }
        context.fireChannelRead(wrapInboundOut(string))
    }

    private func pong(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
    }

    private func closing(_ frame: WebSocketFrame) -> SocketClosing {
        var data = frame.unmaskedData
        guard let code = data.readWebSocketErrorCode() else { return SocketClosing(reason: "closed without a reason") }
        let number = Int(UInt16(webSocketErrorCode: code))
        let text = data.readString(length: min(data.readableBytes, 123)) ?? ""
        return SocketClosing(code: number, reason: ChatText.reason("closed with \(number) \(text)"))
    }

    /// What comes after it is not read.
    private func fail(_ closing: SocketClosing, _ context: ChannelHandlerContext) {
        context.fireErrorCaught(closing)
        context.close(promise: nil)
    }
}
