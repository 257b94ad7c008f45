import Domain
import JWTKit

/// The public keys of whoever else may sign tokens: a JSON Web Key Set (RFC 7517, section 5).
///
/// Each key verifies its own algorithm and no other; none can ever serve as an HMAC secret.
struct KeySet: Sendable {
    static let keysMax = 100
    static let bytesMax = 1 << 20

    /// The document is not one that we take.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    private struct Key: Sendable {
        let id: String?
        let algorithm: JSONWebToken.Algorithm
        let verifier: any JWTAlgorithm
    }

    private let keys: [Key]

    var count: Int { keys.count }

    init() {
        keys = []
    }

    /// Keys of other kinds, curves, algorithms and uses are passed over, as section 5 asks.
    init(_ document: String) async throws {
        guard document.utf8.count <= Self.bytesMax else {
            throw Unreadable(description: "it has more than \(Self.bytesMax) bytes")
        }
        guard let entries = try JSONParser.parse(document)["keys"]?.array else {
            throw Unreadable(description: "it is no JSON object with an array \"keys\"")
        }
        guard entries.count <= Self.keysMax else {
            throw Unreadable(description: "it has more than \(Self.keysMax) keys")
        }
        var keys: [Key] = []
        for entry in entries {
            if let key = await Self.key(entry) { keys.append(key) }
        }
        self.keys = keys
    }

    /// Whether a key of the set made this signature. A token that names no key needs a set with one of its algorithm.
    func verifies(_ token: JSONWebToken) -> Bool {
        let candidates = keys.filter { key in
            key.algorithm == token.algorithm && (token.keyID == nil || key.id == token.keyID)
        }
        guard token.keyID != nil || candidates.count == 1 else { return false }
        return candidates.contains { key in
            (try? key.verifier.verify(token.signature, signs: token.signingInput)) == true
        }
    }

    func knows(_ token: JSONWebToken) -> Bool {
        keys.contains { $0.algorithm == token.algorithm && (token.keyID == nil || $0.id == token.keyID) }
    }

    private static func key(_ entry: JSON) async -> Key? {
        guard let jwk = publicKey(entry), let algorithm = jwk.algorithm,
            let ours = JSONWebToken.Algorithm(rawValue: algorithm.rawValue), isForSignatures(entry, ours)
        else { return nil }
        let verifier = try? await JWTKeyCollection().add(jwk: jwk).getKey(alg: algorithm.rawValue)
        guard let verifier, verifier.name == ours.rawValue else { return nil }
        return Key(id: entry["kid"]?.string, algorithm: ours, verifier: verifier)
    }

    private static func isForSignatures(_ entry: JSON, _ algorithm: JSONWebToken.Algorithm) -> Bool {
        let use = entry["use"]?.string, operations = entry["key_ops"]?.array, stated = entry["alg"]?.string
        return (use == nil || use == "sig") && (operations == nil || operations?.contains(.string("verify")) == true)
            && (stated == nil || stated == algorithm.rawValue)
    }

    /// Private members are left out: nothing is ever signed with these keys.
    private static func publicKey(_ entry: JSON) -> JWK? {
        let name = JWKIdentifier(string: "key")
        switch (entry["kty"]?.string, entry["crv"]?.string) {
        case ("RSA", _):
            return .rsa(
                .rs256, identifier: name, modulus: entry["n"]?.string, exponent: entry["e"]?.string)
        case ("EC", "P-256"):
            return .ecdsa(.es256, identifier: name, x: entry["x"]?.string, y: entry["y"]?.string, curve: .p256)
        case ("OKP", "Ed25519"):
            return .octetKeyPair(.eddsa, identifier: name, x: entry["x"]?.string, y: nil, curve: .ed25519)
        default: return nil
        }
    }
}
