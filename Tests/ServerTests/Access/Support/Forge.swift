import Crypto
import Domain
import Foundation

/// Makes tokens as an attacker would, without any of the server's own code.
enum Forge {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func bytes(_ text: String) -> [UInt8] {
        let padded = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - padded.count % 4) % 4)
        return Array(Data(base64Encoded: padded + padding) ?? Data())
    }

    static func token(
        _ header: String, _ payload: String, sign: ([UInt8]) throws -> some Sequence<UInt8>
    ) rethrows -> String {
        let input = text(header.utf8) + "." + text(payload.utf8)
        return input + "." + text(try sign(Array(input.utf8)))
    }

    static func hs256(_ payload: String, secret: [UInt8], header: String = #"{"alg":"HS256","typ":"JWT"}"#) -> String {
        token(header, payload) { hmac($0, secret) }
    }

    static func hmac(_ input: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: secret)))
    }

    /// Claims that would be taken, with others in their place or added.
    static func claims(at clock: TestClock, _ changes: [String: JSON?] = [:]) -> String {
        var claims: [String: JSON] = ["sub": .string("user-1"), "exp": .integer(clock.seconds + 900)]
        for (name, value) in changes { claims[name] = value }
        return JSON.object(claims.map { JSON.Member($0.key, $0.value) }).text
    }
}
