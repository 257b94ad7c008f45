import ArgumentParser
import Foundation
import Redis
import Worker

/// Where `--feed` points, and which transport leads there.
enum FeedAddress {
    case http(String)
    case redis(String)

    init(_ text: String) throws {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), url.host()?.isEmpty == false else {
            throw ValidationError("--feed \(text) is not an address: write http://HOST:PORT or redis://HOST:PORT")
        }
        switch scheme {
        case "http", "https": self = .http(text)
        case "redis", "rediss": self = .redis(text)
        default: throw ValidationError("--feed must begin with http:// or redis://, not \(scheme)://")
        }
    }

    /// The source, which is closed by whoever asked for it.
    func source(token: String?) throws -> any FeedSource {
        switch self {
        case .http(let server): return HTTPFeed(server: server, token: token)
        case .redis(let address):
            do {
                return RedisFeed(try RedisURL(address))
            } catch {
                throw ValidationError("--feed \(address): \(error)")
            }
        }
    }
}
