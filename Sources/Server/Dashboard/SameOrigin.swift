import HTTPTypes
import Hummingbird

/// Whether a request that a browser sends with its cookie comes from a page of our own.
enum SameOrigin {
    /// - Throws: `APIError` 403.
    static func require(_ request: Request) throws {
        if let site = request.headers[.secFetchSite] {
            guard site == "same-origin" else { throw refused }
        }
        if let origin = request.headers[.origin] {
            guard origin != "null", authority(origin) == request.head.authority?.lowercased() else { throw refused }
        } else if request.headers[.secFetchSite] == nil {
            throw refused
        }
    }

    private static func authority(_ origin: String) -> String? {
        for scheme in ["https://", "http://"] where origin.hasPrefix(scheme) {
            return origin.dropFirst(scheme.count).lowercased()
        }
        return nil
    }

    private static let refused = APIError(
        .forbidden, "cross_site",
        "this does not come from a page of Bot Control: open the dashboard and do it there, or send a token")
}
