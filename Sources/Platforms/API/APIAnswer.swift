import Domain
import NIOHTTP1

/// What a platform's API answered to one request.
struct APIAnswer: Sendable {
    /// An answer that is longer is not read to its end.
    static let bodyBytesMax = 4 << 20

    let status: UInt
    /// nil when it is no JSON, too long, or was cut.
    var body: JSON?
    var headers: HTTPHeaders

    init(status: UInt, body: JSON? = nil, headers: HTTPHeaders = [:]) {
        (self.status, self.body, self.headers) = (status, body, headers)
    }

    var isSuccess: Bool { (200..<300).contains(status) }

    /// What `Retry-After` says, within an hour.
    var retryAfterSeconds: Double? { seconds("Retry-After") }

    /// A header that holds seconds, within an hour.
    func seconds(_ header: String) -> Double? {
        headers.first(name: header).flatMap(Double.init).flatMap { $0.isFinite && (0...3600).contains($0) ? $0 : nil }
    }

    /// How long to wait after a 429: never so short that the next request is too early again.
    func waitSeconds(otherwise seconds: Double, atMost secondsMax: Double = 120) -> Double {
        min(max(retryAfterSeconds ?? seconds, 0.5), secondsMax)
    }
}
