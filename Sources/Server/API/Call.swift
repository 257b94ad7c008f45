import Commands
import Domain
import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// One request on its way through an operation: authenticated, its body read, nothing of it believed yet.
struct Call: Sendable {
    static let bodyBytesMax = 256 * 1024

    let operation: Operation
    let request: Request
    let parameters: Parameters
    let caller: Caller
    let correlationID: String
    let remoteAddress: String?
    let body: ByteBuffer
    /// The door that it came through.
    let source: EventMetadata.Source
    let closeConnection: @Sendable () -> Void
    /// Another part of the server asks, and not a connection of its own.
    let isInside: Bool
    /// nil: the caller does not wait for the workers.
    private(set) var waiting: Waiting?
    /// nil: the caller wants the present.
    private(set) var asOf: Moment?
    private var asOfRefusal: ValidationFailed?
    /// The event that made this command necessary; nil for most.
    var cause: Cause?

    struct Cause: Sendable {
        /// The event's id.
        let event: String
        /// The command was made for this revision of the stream, whatever the caller says.
        let revision: Int
    }

    init(
        operation: Operation, request: Request, parameters: Parameters, caller: Caller, correlationID: String,
        remoteAddress: String?, body: ByteBuffer, source: EventMetadata.Source = .rest,
        isInside: Bool = true, closeConnection: @escaping @Sendable () -> Void
    ) throws(ValidationFailed) {
        (self.operation, self.request, self.parameters, self.caller) = (operation, request, parameters, caller)
        (self.correlationID, self.remoteAddress, self.body) = (correlationID, remoteAddress, body)
        (self.source, self.isInside, self.closeConnection) = (source, isInside, closeConnection)
        guard request.uri.query != nil else { return }
        guard operation.isWrite else {
            readAsOf()
            return
        }
        var query = ObjectReader(.object(try items().filter { Waiting.names.contains($0.name) }))
        waiting = Waiting(&query)
        try query.finish()
    }

    /// What is wrong with it is told with all else that is wrong with the query.
    private mutating func readAsOf() {
        do throws(ValidationFailed) {
            asOf = try AsOf.read(items().first { $0.name == AsOf.name }?.value.string, operation)
        } catch {
            asOfRefusal = error
        }
    }

    // MARK: path

    /// A path parameter, percent-decoded.
    func path(_ name: String) -> String {
        guard let text = parameters.get(name) else { return "" }
        return text.utf8.contains(UInt8(ascii: "%")) ? text.removingPercentEncoding ?? text : text
    }

    /// What stands in the place of the last parameter of an operation that takes the rest of the path.
    var rest: String {
        let text = parameters.getCatchAll().joined(separator: "/")
        return text.utf8.contains(UInt8(ascii: "%")) ? text.removingPercentEncoding ?? text : text
    }

    func pathChoice<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Value.Type
    ) throws(ValidationFailed) -> Value {
        guard let value = Value(rawValue: path(name)) else {
            throw ValidationFailed(
                path: name, code: "not_allowed",
                message: NotAllowed.message(path(name), among: Value.allCases.map(\.rawValue)))
        }
        return value
    }

    func pathAccount() throws(ValidationFailed) -> AccountID {
        guard let id = AccountID(rawValue: path("account_id")) else {
            throw ValidationFailed(path: "account_id", code: "not_allowed", message: AccountID.rule)
        }
        return id
    }

    // MARK: query

    /// The query's parameters as the members of an object, all of them strings. What every write takes is left out, and
    /// what every read of the past.
    func query() throws(ValidationFailed) -> ObjectReader {
        let taken = operation.isWrite ? Waiting.names : [AsOf.name]
        var query = ObjectReader(.object(try items().filter { !taken.contains($0.name) }))
        if let asOfRefusal { query.add(asOfRefusal.failures) }
        return query
    }

    /// Of the query, what says that the caller waits for the workers.
    var waitingItems: [(name: String, value: String)] {
        let items = (try? items()) ?? []
        return items.compactMap { item in
            Waiting.names.contains(item.name) ? item.value.string.map { (item.name, $0) } : nil
        }
    }

    private func items() throws(ValidationFailed) -> [JSON.Member] {
        var members: [JSON.Member] = []
        for item in QueryString.items(request.uri.query ?? "") {
            guard let value = item.value else {
                throw ValidationFailed(path: item.name, code: "malformed", message: "must be percent-encoded UTF-8")
            }
            guard !members.contains(where: { $0.name == item.name }) else {
                throw ValidationFailed(path: item.name, code: "duplicate", message: "must be given once")
            }
            members.append(JSON.Member(item.name, .string(value)))
        }
        return members
    }

    /// For operations that take no query.
    func refuseQuery() throws(ValidationFailed) {
        var query = try query()
        try query.finish()
    }

    // MARK: body

    /// The body as JSON.
    func json() throws -> JSON {
        if let type = request.headers[.contentType], type != Self.json, Self.mediaType(type) != Self.json {
            throw APIError(.unsupportedMediaType, "unsupported_media_type", "send JSON: Content-Type: application/json")
        }
        do throws(JSONParser.SyntaxError) {
            return try body.withUnsafeReadableBytes { bytes throws(JSONParser.SyntaxError) in
                try JSONParser.parse(bytes.bindMemory(to: UInt8.self))
            }
        } catch {
            let message =
                body.readableBytes == 0 ? "the body is empty: send a JSON object" : "the body is not JSON: \(error)"
            throw APIError(.badRequest, "malformed_json", message)
        }
    }

    private static let json = "application/json"

    private static func mediaType(_ header: String) -> String {
        header.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    // MARK: headers

    /// The conditions and the origin of the command that this request carries.
    ///
    /// - Parameter matches: whether `If-Match` has a meaning here.
    func commandRequest(now: Timestamp, matches: Bool = true) throws -> CommandRequest {
        let metadata = EventMetadata(
            actor: caller.actor, source: source, ip: remoteAddress,
            userAgent: request.headers[.userAgent].map { String($0.prefix(256)) },
            commandID: EventID.random(microseconds: now.microseconds).description, correlationID: correlationID,
            causationID: cause?.event)
        return CommandRequest(
            metadata: metadata, seenRevision: matches ? try seenRevision() ?? cause?.revision : nil,
            idempotency: try idempotency())
    }

    /// `If-Match`; nil when the caller does not say.
    func seenRevision() throws(ValidationFailed) -> Int? {
        guard let value = request.headers[.ifMatch] else { return nil }
        let text = value.trimmingCharacters(in: .whitespaces)
        // Quotes belong to it (RFC 9110, section 8.8.3); without them it can mean nothing else.
        guard let digits = text.wholeMatch(of: /"(-?[0-9]{1,9})"|(-?[0-9]{1,9})/).flatMap({ $0.1 ?? $0.2 }),
            let revision = Int(digits)
        else {
            throw ValidationFailed(
                path: "If-Match", code: "not_allowed",
                message: "must be one revision in quotes, as the ETag gave it: \"3\", or \"-1\" for no events yet")
        }
        return revision
    }

    private func idempotency() throws(ValidationFailed) -> CommandRequest.Idempotency? {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ValidationFailed(
                path: "Idempotency-Key", code: "not_allowed", message: "must be 1 to 255 visible ASCII characters")
        }
        let scope = [caller.actor.kind.rawValue, caller.actor.id, operation.id, key].joined(separator: "\u{0}")
        var asked = Array((request.uri.string + "\u{0}" + (request.headers[.ifMatch] ?? "") + "\u{0}").utf8)
        asked.append(contentsOf: body.readableBytesView)
        return CommandRequest.Idempotency(key: Hash(of: Array(scope.utf8)), fingerprint: Hash(of: asked))
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
    static let correlationID = HTTPField.Name("X-Correlation-ID")!
}

extension ObjectReader {
    /// A number that came as text.
    mutating func number(_ name: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        guard let text = value(name)?.string else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            fail(name, "out_of_range", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }

    /// Text for people: not blank, no control characters.
    mutating func label(_ name: String, lengthMax: Int) -> String? {
        guard let text = string(name, lengthMin: 1, lengthMax: lengthMax) else { return nil }
        if text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) || $0 == 0x20 }), text.utf8.first != 0x20 { return text }
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            fail(name, "blank", "must not be blank")
            return nil
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            fail(name, "not_allowed", "must not hold control characters")
            return nil
        }
        return text
    }
}
