import Domain
import GraphQL
import Synchronization

/// Answers for the root fields of one request: each one is a call of an operation, by the same caller.
final class FieldResolver: GraphQLResolving {
    private let fields: [BoundField]
    private let call: Call
    private let caller: Caller
    private let services: Services
    private let asked = Mutex<[Asked]>([])

    /// A field that was asked for, by its place, and the version of what it was made of; nil when nobody can say.
    struct Asked: Sendable {
        let field: Int
        let version: Int?
    }

    /// What has been asked so far.
    var history: [Asked] { asked.withLock { $0 } }

    init(_ fields: [BoundField], for call: Call, by caller: Caller, _ services: Services) {
        (self.fields, self.call, self.caller, self.services) = (fields, call, caller, services)
    }

    func resolve(_ field: Int, _ arguments: [UInt8]) async -> [UInt8] {
        let bound = fields[field]
        // It begins on the isolate's thread: what takes long goes on elsewhere.
        if bound.takesLong { await Task.yield() }
        do {
            let inner = try Call(
                bound.operation, try bound.request(arguments), by: caller, within: call, from: .graphql)
            // The versions are of the present.
            let version = inner.asOf == nil ? bound.operation.version?() : nil
            let isFirst = asked.withLock { asked in
                asked.append(Asked(field: field, version: version))
                return asked.count == 1
            }
            // The first one was paid for at the door.
            if !isFirst { try services.gate.charge(caller, bound.operation.budget) }
            return try await bound.reply(await bound.pipeline.respond(to: inner))
        } catch {
            return APIError(error).body(correlationID: call.correlationID)
        }
    }
}
