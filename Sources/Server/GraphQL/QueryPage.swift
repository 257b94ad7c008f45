import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A page to try queries on. It is all in one file, and may ask nobody but this server.
enum QueryPage {
    static let response = Response(
        status: .ok,
        headers: [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
            .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff",
            HTTPField.Name("Referrer-Policy")!: "no-referrer",
        ],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.query_page_html)))

    /// Only the script and the style that stand in the page, by their hashes.
    private static let policy = [
        "default-src 'none'", "connect-src 'self'", "script-src \(hash(of: "script"))",
        "style-src \(hash(of: "style"))", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static func hash(of element: String) -> String {
        let page = String(decoding: PackageResources.query_page_html, as: UTF8.self)
        guard let start = page.range(of: "<\(element)>"), let end = page.range(of: "</\(element)>") else {
            preconditionFailure("the page has no \(element)")
        }
        let digest = SHA256.hash(data: Data(page[start.upperBound..<end.lowerBound].utf8))
        return "'sha256-\(Data(digest).base64EncodedString())'"
    }
}
