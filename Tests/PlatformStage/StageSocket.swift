import Domain
import NIOCore
import NIOWebSocket
import Synchronization

/// One WebSocket of somebody who listens to a fake platform.
package final class StageSocket: Sendable {
    private struct State {
        var texts: [String] = []
        var hear: (@Sendable (String) -> Void)?
    }

    private let channel: any Channel
    private let state = Mutex(State())

    init(_ channel: any Channel) { self.channel = channel }

    /// What the client has said, in order.
    package var texts: [String] { state.withLock { $0.texts } }

    /// - Parameter hear: is told what the client says from now on.
    package func listen(_ hear: @escaping @Sendable (String) -> Void) { state.withLock { $0.hear = hear } }

    func take(_ text: String) {
        let hear = state.withLock { state in
            state.texts.append(text)
            return state.hear
        }
        hear?(text)
    }

    package func send(_ json: JSON) { send(json.text) }

    package func send(_ text: String) {
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)), promise: nil)
    }

    package func close(code: Int, reason: String = "closed by the fake") {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: code))
        data.writeString(reason)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        channel.writeAndFlush(frame).whenComplete { [channel] _ in channel.close(promise: nil) }
    }

    /// Without a word.
    package func cut() { channel.close(promise: nil) }
}
