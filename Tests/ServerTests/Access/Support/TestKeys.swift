import Crypto
import Foundation
import JWTKit

/// Somebody else's key pairs: what they sign, and how their public halves stand in a key set.
enum TestKeys {
    struct Pair: Sendable {
        let algorithm: String
        /// The members of the public JWK besides `kid`.
        let publicMembers: String
        let sign: @Sendable ([UInt8]) throws -> [UInt8]

        func jwk(_ id: String?, _ more: String = "") -> String {
            "{\(id.map { "\"kid\":\"\($0)\"," } ?? "")\(publicMembers)\(more)}"
        }

        func token(_ payload: String, kid: String?) throws -> String {
            let id = kid.map { ",\"kid\":\"\($0)\"" } ?? ""
            return try Forge.token("{\"alg\":\"\(algorithm)\"\(id)}", payload, sign: sign)
        }
    }

    static func document(_ keys: String...) -> String { "{\"keys\":[\(keys.joined(separator: ","))]}" }

    static func es256() -> Pair {
        let key = P256.Signing.PrivateKey()
        let point = Array(key.publicKey.rawRepresentation)
        return Pair(
            algorithm: "ES256",
            publicMembers: """
                "kty":"EC","crv":"P-256","x":"\(Forge.text(point[..<32]))","y":"\(Forge.text(point[32...]))"
                """,
            sign: { try Array(key.signature(for: SHA256.hash(data: $0)).rawRepresentation) })
    }

    static func edDSA() -> Pair {
        let key = Curve25519.Signing.PrivateKey()
        return Pair(
            algorithm: "EdDSA",
            publicMembers: """
                "kty":"OKP","crv":"Ed25519","x":"\(Forge.text(key.publicKey.rawRepresentation))"
                """,
            sign: { try Array(key.signature(for: $0)) })
    }

    static func rs256() async throws -> Pair {
        let key = try Insecure.RSA.PrivateKey(pem: rsaPEM)
        let (modulus, exponent) = try key.publicKey.getKeyPrimitives()
        let signer = try await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256).getKey()
        return Pair(
            algorithm: "RS256",
            publicMembers: """
                "kty":"RSA","n":"\(Forge.text(modulus))","e":"\(Forge.text(exponent))"
                """,
            sign: { try signer.sign($0) })
    }

    static func rsaPublicPEM() throws -> String {
        try Insecure.RSA.PrivateKey(pem: rsaPEM).publicKey.pemRepresentation
    }

    /// Made for these tests; it opens nothing.
    private static let rsaPEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCj2l2HGVvUXPfS
        EUAOpug4yNj6WbTPOBBXsrYqk0fs9KzX+6VPKsaQhxft8CNrUteBZTd985KUe6AN
        hpxduSWhZSPURcHVLiqGG+ulC2ZfUkMIHw8rQn0cR9KHd2m5sUCCJs5Om8ysZlRx
        Aoh1HPFYiADILMe5i7eubvFPA9vo48mVKr+7nYqiU1Z55GvEVL/yNU1yR1mHB90M
        D5x6JCXceG3wlokJA/+g1SB3lfecMW0nIZ+zCTVKmow9TUQZt2ZJ4Jvxt2GS+inN
        k0+Z00TKpzZsI73S+Upp0XGhwsocIIy8uFCIzIcZTJ8Smz5siS57+b3gSNlx3TjI
        UUreyqTDAgMBAAECggEAMG7frouEZWWFq4aF1M7pXb+gw3+4vnfn/MRKrJMUc6pv
        XPh5iMkwIJCONjsBfTvjj9AHcyeIcHOKf/UGS33q7aYjzR9BiG45C6M9KHASNqLu
        RXxI05S3vqBMTtaxXb5TPyWRXhMXkO4+j5kcFOIVRQIOmR0DfIkcJmeM1LpjSpdw
        zEVfzmVbfA9TA0zxc2n7aerwhOSCJ3XA/8tNnUrwKWzo+XvSIqztW8K5Exmha0ie
        hZmcks3BiLpJEtl1Pk6sob/aDyWzNzVc2omG5ww5PhvSBqnqKcU4bhsar+/+jftX
        1rxWQVEw2yVs7U1UOu74syTKKgF9dRFF7ZrZxMqp4QKBgQDi2F9wYWbd1ShYpgWC
        s9WI/X1ewHe9DbQKrl7PIUGSUL6Po+fT+DrszG7Yokx4/Rgv+TqCmysPg/wt2h+W
        zLwdP3rLG9MMoJO0yNaf61ErBdJ+ueCoZ/qXq6vGNdclShxruAeJrEVARB138CJW
        H9OfgftQcCezq9HPnMvHNsj4bwKBgQC46W6Xxfq1B2HfSvbmGX2XbSelU9AL9KaK
        j9m/9z7nN9LJVd6acbCZWUm5q0fZXqK0FaNspEkUFn3+pLDtNhgpKRpVoe8VgMv/
        /Pzx2sNueOkDkfcqg18V3SEPcek7cdbN16bTeRtBYjyhkyO6471+CJBAGafJ3paa
        m9acB4S67QKBgQDO+GIjtArZ7YkxUNEITrJOmhIQKIVXTbBuamgAjjQ4nkkv33k+
        kmaY9XFRYMtrPGkcJEY5MgAY2PB2mWRm/4fHG8sak9l81OnPccs4/8f//ADxNQEA
        RlaCmdRRNYCF+ldyBOeDulU47K0CaGu7rrA0AbFd0+a1bNgyl7npmlfFKwKBgEUe
        NFGVFlZukP33NnziEFj22zfoMT8Wzt3CUYF4+NFSw36wk0mlr35SqsU1KeEth6HK
        6NBmRE627ZeuldfFPZi9HXPe2NBv2VExjpcUz7JOjcLg38PLYVJ52q68RJMMxV8h
        +eDYRwDUqJc4ucVU9XLT3p+nN1m00xStpbWi9dEtAoGBAJp2TQefGs+BV2nC5sdx
        Qwx5NKGx7E8sQezFvimlqDO9fHma4TThOjtQQJ3NmKKkYyVFJWkvgyQYYwm8xruG
        C3YMSN1oiWP63X22FRooNAOkV5Nkie7NcjcIIkwlfp1LfOGXM/UuHjVA6cvapyU6
        uVFxWw1ptayQ3r/PiwKa325M
        -----END PRIVATE KEY-----
        """
}
