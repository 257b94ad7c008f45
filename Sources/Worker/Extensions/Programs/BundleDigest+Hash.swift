import Crypto
import Domain

extension BundleDigest {
    /// That of a bundle's bytes.
    package init(of bytes: [UInt8]) {
        let digits = SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        self.init(stored: digits.joined())
    }
}
