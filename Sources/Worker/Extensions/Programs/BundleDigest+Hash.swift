import Crypto
import Domain

extension BundleDigest {
    /// That of a bundle's bytes.
    package init(of bytes: [UInt8]) {
        self.init(hash: SHA256.hash(data: bytes))
    }
}
