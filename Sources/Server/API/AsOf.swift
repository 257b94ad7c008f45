import Domain
import EventStore
import HTTPTypes
import Hummingbird
import Projections

/// The parameter that reads take to be answered as they would have been.
enum AsOf {
    static let name = "as_of"

    static func moment(_ text: String) -> Moment? {
        // As in every query, a plus sign that was not escaped comes as a space.
        Moment(text) ?? Moment(text.replacing(/\ ([0-9:]{5})$/) { "+" + $0.1 })
    }

    /// What a query says.
    ///
    /// - Returns: nil for the present.
    static func read(
        _ text: String?, _ operation: Operation
    ) throws(ValidationFailed) -> Moment? {
        guard let text else { return nil }
        guard operation.takesAsOf else {
            throw ValidationFailed(
                path: name, code: "no_history", message: "must be left out: what this answers has a present only")
        }
        guard let moment = moment(text) else {
            throw ValidationFailed(path: name, code: "wrong_type", message: Moment.rule)
        }
        return moment
    }
}

extension AsOf {
    /// - Parameter name: of the parameter that said so.
    static func position(
        _ moment: Moment, _ history: History, now: Timestamp, name: String = name
    ) throws -> Int {
        do {
            return try history.position(of: moment, now: now)
        } catch let error as NotYet {
            throw ValidationFailed(path: name, code: "not_yet", message: "\(error)")
        }
    }
}

extension Operation {
    var takesAsOf: Bool { parameters.contains { $0.name == AsOf.name } }

    /// Its handler does not look at the query.
    var takesNoQuery: Bool { parameters.allSatisfy { $0.name == AsOf.name } }
}

extension Operation.Parameter {
    static let asOf = Operation.Parameter(
        AsOf.name, ["type": "string", "maxLength": 64],
        "As it was right after the event at this position, or at this moment (RFC 3339); absent for now.")
}

extension Call {
    /// Leads to the same answer: to the one of the same moment.
    func selfHref(_ present: String) -> String { asOf == nil ? present : request.uri.string }
}

extension Services {
    /// Answers from the read models: as they are, or as they were when the caller asks for a moment.
    func read(
        _ call: Call, _ body: @escaping @Sendable (any ReadModelsReading) throws -> Response
    ) async throws -> Response {
        guard let moment = call.asOf else { return try body(readModels) }
        let now = clock.now, epoch = journal.epoch
        return try await past.run(for: call.caller) { history in
            let place = try PastPlace(moment, history, now: now)
            let response = try history.read(at: place.position) { try body($0) }
            return place.mark(response, call, epoch: epoch)
        }
    }
}

/// Where a look back ended up, and what may be said of its answer.
private struct PastPlace {
    let position: Int
    /// Whether the same question has the same answer for ever.
    let isFixed: Bool

    init(_ moment: Moment, _ history: History, now: Timestamp) throws {
        position = try AsOf.position(moment, history, now: now)
        isFixed =
            switch moment {
            case .position: true
            // Until something is recorded after it, something can still be recorded before it.
            case .time: position < history.journal.head
            }
    }

    func mark(_ response: Response, _ call: Call, epoch: String) -> Response {
        guard response.status == .ok else { return response }
        let tag = "\"\(epoch.prefix(8))@\(position)\""
        var headers = response.headers
        headers[.eTag] = tag
        headers[.asOfPosition] = String(position)
        headers[.vary] = "Authorization, Cookie"
        if isFixed { headers[.cacheControl] = "private, max-age=86400, immutable" }
        let known = call.request.headers[.ifNoneMatch]?.split(separator: ",") ?? []
        guard known.contains(where: { $0.trimmingPrefix { $0 == " " } == tag }) else {
            var marked = response
            marked.headers = headers
            return marked
        }
        headers[.contentType] = nil
        return Response(status: .notModified, headers: headers)
    }
}

extension HTTPField.Name {
    static let asOfPosition = HTTPField.Name("As-Of-Position")!
}
