import Domain

/// The three parts of a signed token (RFC 7515, section 3.1), before anybody has checked the signature.
struct JSONWebToken {
    enum Algorithm: String, CaseIterable {
        case hs256 = "HS256"
        case rs256 = "RS256"
        case es256 = "ES256"
        case edDSA = "EdDSA"
    }

    /// What the header says, to be believed only when it names one of these algorithms and its own key's.
    let algorithm: Algorithm
    let keyID: String?
    let signingInput: [UInt8], payload: [UInt8], signature: [UInt8]

    /// nil when the text is no token of a kind that we take: `alg: none`, encrypted, with critical extensions.
    init?(_ text: some Collection<UInt8>) {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), let header = try? JSONParser.parse(header),
            let algorithm = header["alg"]?.string.flatMap(Algorithm.init), header["crit"] == nil
        else { return nil }
        guard header["kid"] == nil || header["kid"]?.string != nil else { return nil }
        (self.algorithm, keyID) = (algorithm, header["kid"]?.string)
        (self.payload, self.signature) = (payload, signature)
        signingInput = parts[0] + [UInt8(ascii: ".")] + parts[1]
    }
}
