import NIOCore

/// Makes lines of bytes, without their CR and LF, and adds these to what is to be said. Empty ones are left out.
final class SocketLines: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = String
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var pending = ByteBuffer()

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var line = unwrapOutboundIn(data)
        line.writeStaticString("\r\n")
        context.write(wrapOutboundOut(line), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        pending.writeBuffer(&bytes)
        while let length = pending.readableBytesView.firstIndex(of: 0x0A).map({ $0 - pending.readerIndex }) {
            guard let line = pending.readSlice(length: length) else { break }
            pending.moveReaderIndex(forwardBy: 1)
            fire(line.readableBytesView, context)
        }
        pending.discardReadBytes()
        if pending.readableBytes > IRCLine.sizeBytesMax {
            context.fireErrorCaught(SocketClosing(reason: "a line is too long"))
            context.close(promise: nil)
        }
    }

    /// A broken letter in one line must not end the connection.
    private func fire(_ line: ByteBufferView, _ context: ChannelHandlerContext) {
        let text = line.last == 0x0D ? line.dropLast() : line
        guard !text.isEmpty else { return }
        context.fireChannelRead(wrapInboundOut(String(decoding: text, as: UTF8.self)))
    }
}
