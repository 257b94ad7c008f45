import Commands
import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// The envelopes of successful answers.
enum Answers {
    static let jsonHeaders: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]

    /// `{"data": …, "_links": {"self": {"href"}}}`
    static func one(_ href: String, etag revision: Int? = nil, _ data: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter(capacityBytes: 1024)
        writer.object { body in
            body.name("data")
            data(&body)
            links(["self": href], into: &body)
        }
        return response(.ok, writer, etag: revision)
    }

    /// `{"data": […], "_links": …, "meta": {"page", "per_page", "total"}}`
    static func list(_ call: Call, _ page: PageRequest, total: Int, _ rows: (inout JSONWriter) -> Void) -> JSONWriter {
        var writer = JSONWriter(capacityBytes: 16 * 1024)
        writer.object { body in
            body.name("data")
            body.array { rows(&$0) }
            links(["self": call.request.uri.string], into: &body)
            body.name("meta")
            body.object { meta in
                meta.member("page", page.page)
                meta.member("per_page", page.perPage)
                meta.member("total", total)
            }
        }
        return writer
    }

    /// `{"data": …, "_links": …, "meta": {"changed", "position"}}`; `visible: false` stands there when the read models
    /// have not caught up in time and `data` may be older than the change, `convergence` when the caller waited for it.
    static func write(
        _ outcome: CommandOutcome, _ reach: Reach, _ href: String, etag revision: Int? = nil,
        _ data: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter(capacityBytes: 1024)
        writer.object { body in
            body.name("data")
            data(&body)
            links(["self": href], into: &body)
            body.name("meta")
            body.object { meta in
                meta.member("changed", outcome.changed)
                meta.member("position", outcome.position)
                if !reach.isVisible { meta.member("visible", false) }
                if let convergence = reach.convergence {
                    meta.name("convergence")
                    convergence.encode(into: &meta)
                }
            }
        }
        var response = response(HTTPResponse.Status(code: outcome.status), writer, etag: revision)
        if outcome.replayed { response.headers[.idempotencyReplayed] = "true" }
        if outcome.status == 201 { response.headers[.location] = href }
        return response
    }

    static func links(_ links: KeyValuePairs<StaticString, String>, into body: inout JSONWriter) {
        body.name("_links")
        body.object { object in
            for (name, href) in links {
                object.name(name)
                object.object { $0.member("href", href) }
            }
        }
    }

    static func response(_ status: HTTPResponse.Status, _ writer: JSONWriter, etag revision: Int? = nil) -> Response {
        response(status, ByteBuffer(bytes: writer.bytes), etag: revision)
    }

    static func response(_ status: HTTPResponse.Status, _ body: ByteBuffer, etag revision: Int? = nil) -> Response {
        var headers = jsonHeaders
        if let revision { headers[.eTag] = "\"\(revision)\"" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// 304 when the caller has this very revision already.
    static func unlessKnown(_ call: Call, revision: Int, _ response: () -> Response) -> Response {
        let tags = call.request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }
        let etag = "\"\(revision)\""
        // The past has tags of its own.
        guard call.asOf == nil, let tags, tags.contains(where: { $0 == "*" || $0 == etag || $0 == "W/\(etag)" }) else {
            return response()
        }
        return Response(status: .notModified, headers: [.eTag: etag])
    }
}

/// Which part of a list is wanted.
struct PageRequest: Sendable {
    let page: Int, perPage: Int

    init(_ query: inout ObjectReader) {
        page = query.number("page", in: 1...1_000_000, default: 1)
        perPage = query.number("per_page", in: 1...100, default: 25)
    }

    /// The whole of a list that is never longer.
    init(perPage: Int) {
        (page, self.perPage) = (1, perPage)
    }

    var offset: Int { (page - 1) * perPage }
}
