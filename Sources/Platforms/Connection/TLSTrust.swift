import NIOSSL
import Synchronization

/// Whom connections to platforms trust: the machine's authorities, and one more when a setting says so.
enum TLSTrust {
    /// The last one that was made. A context holds all authorities of the machine, which is too much to have once for
    /// every bot.
    private static let last = Mutex<(authorityFile: String?, context: NIOSSLContext)?>(nil)

    static func context(authorityFile: String?) throws -> NIOSSLContext {
        if let known = last.withLock({ $0 }), known.authorityFile == authorityFile { return known.context }
        let context = try NIOSSLContext(configuration: configuration(authorityFile: authorityFile))
        last.withLock { $0 = (authorityFile, context) }
        return context
    }

    static func configuration(authorityFile: String?) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorityFile { configuration.additionalTrustRoots = [.file(authorityFile)] }
        return configuration
    }
}
