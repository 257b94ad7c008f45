import Domain
import Logging
import Sandbox

/// What the worker does for handlers while they run: it keeps things for them, and fetches. Whatever the sandbox hands
/// on is checked here, for who runs in it may have taken it over.
package struct ExtensionHost: HandlerHosting {
    private let install: @Sendable (InstallID) -> ExtensionInstallDocument?
    private let keyValues: any KeyValueStoring
    private let fetcher: Fetcher
    private let requests: RequestPurses

    /// - Parameters:
    ///   - install: what it may do; nil for one that is not to run any more.
    ///   - requests: the same as those of the plane that calls the handlers.
    package init(
        install: @escaping @Sendable (InstallID) -> ExtensionInstallDocument?, keyValues: any KeyValueStoring,
        fetcher: Fetcher, requests: RequestPurses
    ) {
        (self.install, self.keyValues) = (install, keyValues)
        (self.fetcher, self.requests) = (fetcher, requests)
    }

    package init(live: LiveSet, keyValues: any KeyValueStoring, fetcher: Fetcher, requests: RequestPurses) {
        self.init(
            install: { id in
                live.read { knowledge in
                    knowledge.set.install(id).flatMap { knowledge.set.mayRun($0) ? $0.document : nil }
                }
            }, keyValues: keyValues, fetcher: fetcher, requests: requests)
    }

    package func call(_ function: HostFunction, _ arguments: [UInt8], for id: InstallID) async -> HostAnswer {
        guard let document = install(id) else { return .refused("the extension was stopped") }
        let permission: ExtensionPermission = function.capability == .kv ? .storage : .network
        guard document.granted.contains(permission) else {
            return .refused("the extension has no permission \(permission.rawValue)")
        }
        guard let values = try? JSONParser.parse(arguments), case .array(let list) = values else {
            return .refused("\(function.rawValue) was called with something that is not JSON")
        }
        do {
            guard function != .fetch else { return .value(try await fetch(list, document)) }
            let operation = try KeyValueOperation(function.operation, list)
            let value = try await keyValues.perform(operation, for: id)
            return .value(operation.name == .list ? Self.keys(value) : value)
        } catch {
            return .refused("\(error)")
        }
    }

    /// A store may hand out entries, `[{"key", "value"}]`: scripts list keys.
    private static func keys(_ list: [UInt8]) -> [UInt8] {
        let entries = (try? JSONParser.parse(list))?.array ?? []
        return JSON.array(entries.map { $0["key"] ?? $0 }).bytes
    }

    private func fetch(_ arguments: [JSON], _ document: ExtensionInstallDocument) async throws -> [UInt8] {
        guard requests.take(document.installID) else {
            throw FetchRequest.Refused("a call makes at most \(RequestPurses.perCallMax) requests")
        }
        return try await fetcher.fetch(arguments, to: document.release.egress)
    }
}

extension HostFunction {
    fileprivate var operation: KeyValueOperation.Name {
        switch self {
        case .kvGet, .fetch: .get
        case .kvSet: .set
        case .kvDelete: .delete
        case .kvIncrement: .increment
        case .kvList: .list
        }
    }
}
