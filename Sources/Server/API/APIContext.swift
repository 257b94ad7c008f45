import Hummingbird
import NIOCore

/// What Hummingbird carries along with a request of ours.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The caller's address without the port; nil in tests without a socket.
    let remoteAddress: String?
    private let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        remoteAddress = channel.remoteAddress?.ipAddress
    }

    /// For a caller who does not read: nothing else would end an answer that waits for him. It holds nothing of the
    /// request.
    var closeConnection: @Sendable () -> Void { { [channel] in channel.close(promise: nil) } }
}
