import Runtime

/// What a caller shows: the header `Authorization: Bearer …` (RFC 6750, section 2.1), read but not yet believed.
enum Credential {
    case key(KeySecret)
    case signed(JSONWebToken)
    case session(SessionSecret)

    static let tokenBytesMax = 8192
    static let headerBytesMax = tokenBytesMax + scheme.utf8.count
    private static let scheme = "bearer "

    /// `lm_usr_…` and `lm_sys_…` are API keys, `lm_ses_…` is a session; everything else is a signed token, with or
    /// without `lm_` before it.
    init(_ header: String) throws(AuthenticationFailed) {
        let text = try Self.token(header)
        if APIKey.Kind.allCases.contains(where: { text.hasPrefix(KeySecret.prefix($0)) }) {
            guard let secret = KeySecret(text) else { throw AuthenticationFailed(.invalid) }
            self = .key(secret)
        } else if text.hasPrefix(SessionSecret.prefix) {
            guard let secret = SessionSecret(text) else { throw AuthenticationFailed(.invalid) }
            self = .session(secret)
        } else {
            let prefix = text.hasPrefix(MintedToken.prefix) ? MintedToken.prefix : ""
            guard let token = JSONWebToken(text.utf8.dropFirst(prefix.utf8.count)) else {
                throw AuthenticationFailed(.invalid)
            }
            self = .signed(token)
        }
    }

    private static func token(_ header: String) throws(AuthenticationFailed) -> String {
        guard header.utf8.count <= headerBytesMax else { throw AuthenticationFailed(.invalid) }
        guard header.prefix(scheme.count).lowercased() == scheme else { throw AuthenticationFailed(.missing) }
        let token = header.dropFirst(scheme.count).drop { $0 == " " }
        guard !token.isEmpty else { throw AuthenticationFailed(.missing) }
        return String(token)
    }
}
