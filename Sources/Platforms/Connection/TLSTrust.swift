import NIOSSL

/// Whom connections to platforms trust: the machine's authorities, and one more when a setting says so.
enum TLSTrust {
    static func configuration(authorityFile: String?) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorityFile { configuration.additionalTrustRoots = [.file(authorityFile)] }
        return configuration
    }
}
