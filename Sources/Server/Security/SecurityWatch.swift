import Domain
import HTTPTypes
import Hummingbird
import Runtime

/// Tells the security log who was refused and who has read the history. It takes no longer than adding to a count.
struct SecurityWatch: Sendable {
    let runtime: RuntimeStore

    /// - Parameter operation: its id, or a page's path.
    func refused(
        _ error: APIError, _ operation: String, _ request: Request, by caller: Caller?, from address: String?
    ) {
        let kind: SecurityRecord.Kind
        switch error.status {
        case .unauthorized: kind = .unauthenticated
        case .forbidden: kind = .forbidden
        default: return
        }
        let record = SecurityRecord(
            kind, by: caller.flatMap { $0 == .anonymous ? nil : $0 }, from: Self.text(address), operation: operation,
            code: error.code)
        runtime.record(record, target: Self.target(request), detail: error.message)
    }

    /// - Parameter response: to an operation that reads the history; failures are no reads.
    func read(
        _ response: Response, _ operation: String, _ request: Request, by caller: Caller?, from address: String?
    ) {
        guard response.status.kind == .successful || response.status == .notModified else { return }
        let type = response.headers[.contentType] ?? ""
        let isExport = ExportFormat.allCases.contains { type.hasPrefix($0.mediaType) }
        let record = SecurityRecord(
            isExport ? .auditExport : .auditRead, by: caller, from: Self.text(address), operation: operation)
        runtime.record(record, target: Self.target(request))
    }

    private static func text(_ address: String?) -> String? { address.map { ClientAddress($0).description } }

    /// Without the words that somebody searched for: they may be the very ones that are to be forgotten.
    private static func target(_ request: Request) -> String {
        let target = request.uri.string.replacing(/([?&]text=)[^&]+/) { "\($0.output.1)*" }
        return "\(request.method.rawValue) \(target)"
    }
}
