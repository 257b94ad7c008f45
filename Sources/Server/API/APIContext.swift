import Hummingbird
import NIOCore

/// What Hummingbird carries along with a request of ours.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The caller's address without the port; nil in tests without a socket.
    let remoteAddress: String?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }
}
