import Commands
import Domain
import EventStore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What every request passes: a correlation id, the caller, the caller's budget and permission, then the operation.
struct Pipeline: Sendable {
    let operation: Operation
    let services: Services
    private let series: OperationSeries

    init(operation: Operation, services: Services) {
        (self.operation, self.services) = (operation, services)
        series = services.recorder.series(of: operation)
    }

    func respond(_ request: Request, _ context: APIContext) async -> Response {
        let started = services.monotonicNanoseconds()
        let correlationID = Self.correlationID(of: request, now: services.clock.now)
        var caller: Caller?
        var response: Response
        do {
            let (request, source) = try CredentialSource.resolve(request)
            let admitted = try await admit(request, context)
            caller = admitted
            try authorise(admitted)
            response = try await carryOut(request, context, admitted, source, correlationID)
        } catch {
            let answer = APIError(error)
            services.security.refused(answer, operation.id, request, by: caller, from: context.remoteAddress)
            response = failure(error, answer, of: request, correlationID: correlationID)
        }
        if operation.readsHistory {
            services.security.read(response, operation.id, request, by: caller, from: context.remoteAddress)
        }
        response.headers[.correlationID] = correlationID
        record(response, since: started, correlationID, caller, path: request.uri.path)
        return response
    }

    /// For a call from inside, whose caller is known and was let in.
    func respond(to call: Call) async -> Response {
        let started = services.monotonicNanoseconds()
        let response: Response
        do {
            try authorise(call.caller)
            response = try await operation.handler(call)
        } catch {
            let answer = APIError(error)
            services.security.refused(answer, operation.id, call.request, by: call.caller, from: call.remoteAddress)
            response = failure(error, answer, of: call.request, correlationID: call.correlationID)
        }
        if operation.readsHistory {
            services.security.read(response, operation.id, call.request, by: call.caller, from: call.remoteAddress)
        }
        record(response, since: started, call.correlationID, call.caller, path: call.request.uri.path)
        return response
    }

    private func record(
        _ response: Response, since started: UInt64, _ correlationID: String, _ caller: Caller?, path: String
    ) {
        let record = RequestRecord(
            operation: operation, status: response.status.code, correlationID: correlationID,
            actor: caller?.actor.id, seconds: Double(services.monotonicNanoseconds() - started) / 1e9)
        services.recorder.record(record, in: series, path: path)
    }

    /// The caller's own id for the conversation when it is a plain one, else a new one.
    static func correlationID(of request: Request, now: Timestamp) -> String {
        if let given = request.headers[.correlationID], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ isPlain($0) })
        {
            return given
        }
        return EventID.random(microseconds: now.microseconds).description
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private func admit(_ request: Request, _ context: APIContext) async throws -> Caller {
        guard operation.access != .anyone, operation.access != .known else { return .anonymous }
        return try await services.gate.admit(
            request.headers[.authorization], address: context.remoteAddress, budget: operation.budget)
    }

    /// - Throws: `Forbidden`.
    func authorise(_ caller: Caller) throws {
        switch operation.access {
        case .anyone, .known: break
        case .permission(let permission): try Authoriser.require(permission, caller)
        case .system: try Authoriser.requireSystemKey(caller)
        case .systemAdmin: try Authoriser.requireSystemAdmin(caller)
        }
    }

    private func carryOut(
        _ request: Request, _ context: APIContext, _ caller: Caller, _ source: EventMetadata.Source,
        _ correlationID: String
    ) async throws -> Response {
        let body = operation.body == nil ? ByteBuffer() : try await body(of: request)
        let call = try Call(
            operation: operation, request: request, parameters: context.parameters, caller: caller,
            correlationID: correlationID, remoteAddress: context.remoteAddress, body: body, source: source,
            isInside: false, closeConnection: context.closeConnection)
        if operation.takesNoQuery, operation.access != .anyone { try call.refuseQuery() }
        return try await operation.handler(call)
    }

    private func body(of request: Request) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: operation.bodyBytesMax)
        } catch is NIOTooManyBytesError {
            throw APIError.tooLarge(operation)
        } catch {
            throw APIError(.badRequest, "bad_request", "the body did not come to its end: send the request again")
        }
    }

    private func failure(
        _ error: any Error, _ answer: APIError, of request: Request, correlationID: String
    ) -> Response {
        if answer.status.code == 500 {
            services.logger.error(
                "\(operation.id) failed", metadata: ["error": "\(error)", "correlation_id": "\(correlationID)"])
        }
        return operation.failing(answer, request, correlationID)
    }

    static func response(_ error: APIError, correlationID: String) -> Response {
        var headers = Answers.jsonHeaders
        for field in error.headers { headers.append(field) }
        headers[.correlationID] = correlationID
        return Response(
            status: error.status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: error.body(correlationID: correlationID))))
    }
}

extension Caller {
    /// Somebody of whom nothing is known.
    static let anonymous = Caller(
        actor: Actor(kind: .user, id: "anonymous"), account: nil, role: nil, permissions: [], isSystemAdmin: false,
        isSystemKey: false)
}

/// Answers what no route takes: 405 where another method would do, 404 elsewhere.
struct NoRouteMiddleware: RouterMiddleware {
    let operations: [Operation]
    let clock: WallClock

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let correlationID = Pipeline.correlationID(of: request, now: clock.now)
            let answer = APIError(error).status == .notFound ? noRoute(request) : APIError(error)
            if request.method == .get, HTML.isWanted(by: request) {
                return MessagePage.response(answer, nil, correlationID: correlationID)
            }
            return Pipeline.response(answer, correlationID: correlationID)
        }
    }

    private func noRoute(_ request: Request) -> APIError {
        let segments = request.uri.path.split(separator: "/")
        let matching = operations.filter { $0.matches(segments) }
        // As the router has it: a path that is spelt out hides the one with a parameter in its place.
        let parametersMin = matching.map(\.pathParameters.count).min()
        let methods = matching.filter { $0.pathParameters.count == parametersMin }.map(\.method.rawValue)
        guard !methods.isEmpty else { return .noSuchPath }
        let allowed = methods.joined(separator: ", ")
        return APIError(
            .methodNotAllowed, "method_not_allowed", "\(request.method.rawValue) is not taken here: use \(allowed)",
            headers: [.allow: allowed])
    }
}
