import Commands
import Domain
import EventStore
import HTTPTypes
import Hummingbird
import Runtime
import Transparency

/// What a request is answered with when it cannot be carried out: one shape for every failure.
package struct APIError: Error {
    package let status: HTTPResponse.Status
    /// A stable name for programs.
    package let code: String
    /// For people: what is wrong and what to do.
    package let message: String
    package var details: [Failure] = []
    package var headers: HTTPFields = [:]

    package init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, details: [Failure] = [],
        headers: HTTPFields = [:]
    ) {
        (self.status, self.code, self.message) = (status, code, message)
        (self.details, self.headers) = (details, headers)
    }

    /// `{"error": {"code", "message", "status", "details": [{"path", "code", "message"}], "correlation_id"}}`
    func body(correlationID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { body in
            body.name("error")
            body.object { error in
                error.member("code", code)
                error.member("message", message)
                error.member("status", status.code)
                error.name("details")
                error.array { array in
                    for failure in details { array.object { failure.encode(into: &$0) } }
                }
                error.member("correlation_id", correlationID)
            }
        }
        return writer.bytes
    }
}

extension Failure {
    func encode(into object: inout JSONWriter) {
        object.member("path", path)
        object.member("code", code)
        object.member("message", message)
    }
}

extension APIError {
    static func tooLarge(_ operation: Operation) -> APIError {
        APIError(.contentTooLarge, "too_large", "the body is larger than \(operation.bodyBytesMax) bytes")
    }

    static func notFound(_ message: String) -> APIError { APIError(.notFound, "not_found", message) }

    static let noSuchPath = notFound("nothing is here: the paths are listed at /v1/api-doc/openapi.json")

    /// The answer to an error of any kind; what nobody foresaw is 500 and says nothing of the inside.
    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as ValidationFailed: self.init(error)
        case let error as Refusal: self.init(error)
        case let error as PreconditionFailed:
            self.init(.preconditionFailed, "precondition_failed", "the If-Match is out of date: \(error)")
        case let error as IdempotencyConflict: self.init(error)
        case let error as JournalError: self.init(error)
        case let error as Forbidden: self.init(.forbidden, Forbidden.code, error.message)
        case let error as AccountNotFound: self.init(.notFound, AccountNotFound.code, error.message)
        case RuntimeStoreError.invalidTokenID:
            self.init(ValidationFailed(path: "id", code: "not_allowed", message: "must be a token's claim jti"))
        case let error as RuntimeStoreError where error.isOutage:
            self.init(.serviceUnavailable, "log_unavailable", "\(error)", headers: [.retryAfter: "5"])
        case let error as RuntimeStoreError: self.init(.conflict, "limit_reached", "\(error)")
        case is LogProblem, is LogUnavailable:
            self.init(.serviceUnavailable, "audit_log_unavailable", "\(error)")
        case is LogNotReady, is TileError:
            self.init(.serviceUnavailable, "audit_log_not_ready", "\(error)", headers: [.retryAfter: "5"])
        case let error as LogKeyError: self.init(.conflict, "log_key_unusable", "\(error)")
        case let error as SecretFile.Unusable: self.init(.serviceUnavailable, "log_key_unusable", "\(error)")
        case let error as Contention: self.init(.conflict, "contention", "\(error)")
        case let error as HTTPError: self.init(error)
        default:
            self.init(.internalServerError, "internal_error", "something went wrong here: tell us the correlation id")
        }
    }

    private init(_ error: ValidationFailed) {
        let count = error.failures.count
        let first = error.failures.first.map { "\($0.path.isEmpty ? "the body" : $0.path) \($0.message)" } ?? ""
        self.init(
            .unprocessableContent, "validation_error",
            count == 1 ? first : "\(count) things are wrong, the first: \(first)", details: error.failures)
    }

    private init(_ error: Refusal) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .planRequired, .notOwner, .ownReview: .forbidden
            case .accountNotFound, .extensionNotFound, .versionNotFound, .installNotFound: .notFound
            case .justificationRequired: .unprocessableContent
            case .noBotConnection, .alreadyExists, .providerDisabled, .versionConflict, .reviewClosed, .notApproved,
                .extensionSuspended, .consentRequired:
                .conflict
            }
        self.init(status, error.code.rawValue, error.message)
    }

    private init(_ error: IdempotencyConflict) {
        switch error {
        case .otherRequest: self.init(.unprocessableContent, "idempotency_key_reused", "\(error)")
        case .stillRunning: self.init(.conflict, "idempotency_key_in_use", "\(error)", headers: [.retryAfter: "1"])
        }
    }

    private init(_ error: JournalError) {
        switch error {
        case .eventTooLarge: self.init(.contentTooLarge, "too_large", "\(error)")
        case .storageFull: self.init(.serviceUnavailable, "storage_full", "\(error)", headers: [.retryAfter: "10"])
        case .overloaded: self.init(.serviceUnavailable, "overloaded", "\(error)", headers: [.retryAfter: "1"])
        default: self.init(.serviceUnavailable, "journal_unavailable", "\(error)", headers: [.retryAfter: "5"])
        }
    }

    private init(_ error: HTTPError) {
        switch error.status {
        case .notFound: self = .noSuchPath
        default: self.init(error.status, "bad_request", error.body ?? "the request could not be read")
        }
    }
}

extension RuntimeStoreError {
    fileprivate var isOutage: Bool { if case .logUnreadable = self { true } else { false } }
}
