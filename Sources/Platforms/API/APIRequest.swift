import Domain
import NIOHTTP1

/// One request to a platform's API, before anybody's credentials are added.
struct APIRequest: Equatable, Sendable {
    let method: HTTPMethod
    let path: String
    var query: [Parameter] = []
    /// JSON, unless a header says otherwise.
    var body: [UInt8]?
    /// What the platform counts together, where it says so (Discord's routes); else the path.
    var route: String?
    /// What it costs, where the platform counts so (YouTube's quota).
    var units = 1

    struct Parameter: Equatable, Sendable {
        let name: String, value: String
    }

    /// Why an action is not sent at all: the platform would refuse it, or do something else.
    struct Unsendable: Error, Equatable {
        let reason: String
    }

    /// Path and query, percent-encoded.
    var target: String { query.isEmpty ? path : path + "?" + Self.form(query) }

    /// As in a query, or in a body of `application/x-www-form-urlencoded`.
    static func form(_ parameters: [Parameter]) -> String {
        parameters.map { "\($0.name)=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// All but RFC 3986's unreserved characters.
    static func encoded(_ value: String) -> String {
        var output: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension ChatText {
    /// Whether there is anything to be seen.
    static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.properties.isWhitespace } }
}
