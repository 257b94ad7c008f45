import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// Style sheets and scripts, compiled into the program. Their address holds a digest of all of them: a browser keeps
/// them for ever, and asks for others as soon as one has changed.
enum Assets {
    static let folder = "/assets/\(digest)"

    /// - Returns: nil when there is no such file, or the digest is another program's.
    static func response(_ name: String, digest: String) -> Response? {
        guard digest == Self.digest, let bytes = files[name] else { return nil }
        let type = types[String(name.split(separator: ".").last ?? "")] ?? "application/octet-stream"
        return Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "public, max-age=31536000, immutable", .noSniff: "nosniff",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]

    private static let digest: String = {
        var hasher = SHA256()
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            hasher.update(data: Array(name.utf8) + [0])
            hasher.update(data: bytes)
        }
        return String(Base64URL.encode(Array(hasher.finalize())).prefix(16))
    }()

    private static let files = sources.mapValues(slim)

    /// Without what only we read: lines of comments, and indentation. Nothing of ours spans lines in quotes.
    private static func slim(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { $0.drop { $0 == UInt8(ascii: " ") } }
        let kept = lines.filter { line in
            !["//", "/**", "*/", "* "].contains { line.starts(with: $0.utf8) }
        }
        return Array(kept.joined(separator: "\n".utf8))
    }

    private static let sources: [String: [UInt8]] = [
        "api.js": PackageResources.api_js,
        "bot-control.js": PackageResources.bot_control_js,
        "icon.svg": PackageResources.icon_svg,
        "live.js": PackageResources.live_js,
        "moderation-log.js": PackageResources.moderation_log_js,
        "page.js": PackageResources.page_js,
        "style.css": PackageResources.style_css,
    ]
}

extension HTTPField.Name {
    static let noSniff = HTTPField.Name("X-Content-Type-Options")!
    static let contentSecurityPolicy = HTTPField.Name("Content-Security-Policy")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let crossOriginOpener = HTTPField.Name("Cross-Origin-Opener-Policy")!
}
