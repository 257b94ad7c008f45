import HTTPTypes
import Hummingbird

/// The cookie that says which session a browser has.
///
/// HttpOnly, SameSite=Strict, for the whole path; Secure and with the prefix `__Host-` behind https (RFC 6265bis,
/// section 4.1.3.2), which a proxy before us says with `X-Forwarded-Proto`.
enum SessionCookie {
    private static let plainName = "botcontrol_session"
    private static let secureName = "__Host-botcontrol_session"

    /// The secret that the request shows; nil when it shows none, or nothing that could be one.
    static func secret(_ request: Request) -> SessionSecret? {
        let name = isSecure(request) ? secureName : plainName
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard let equals = pair.firstIndex(of: "="), pair[..<equals] == name else { continue }
                return SessionSecret(String(pair[pair.index(after: equals)...]))
            }
        }
        return nil
    }

    /// The value of `Set-Cookie`.
    ///
    /// - Parameter secret: nil takes the cookie away.
    static func header(_ secret: SessionSecret?, for request: Request, secondsMax: Int) -> String {
        let isSecure = isSecure(request)
        let name = isSecure ? secureName : plainName
        return "\(name)=\(secret?.text ?? ""); Path=/; Max-Age=\(secret == nil ? 0 : secondsMax); HttpOnly; "
            + "SameSite=Strict\(isSecure ? "; Secure" : "")"
    }

    private static func isSecure(_ request: Request) -> Bool {
        request.headers[.forwardedProto]?.split(separator: ",").first.map { $0.filter { $0 != " " } } == "https"
    }
}

extension HTTPField.Name {
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    static let formToken = HTTPField.Name("X-CSRF-Token")!
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
