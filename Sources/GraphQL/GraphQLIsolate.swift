import Foundation
import JavaScript

/// graphql-js in an isolate, with our schema. It stays on its lane's thread.
final class GraphQLIsolate: IsolateHost {
    /// Asked by a root field's resolver.
    typealias Ask = (_ request: UInt32, _ field: Int, _ arguments: [UInt8]) -> HostReply

    private static let askNumber: UInt32 = 1
    private static let modules = [
        "./host.js": String(decoding: PackageResources.host_js, as: UTF8.self),
        "./size.js": String(decoding: PackageResources.size_js, as: UTF8.self),
    ]

    private let library: GraphQLLibrary
    private let onAsk: Ask
    private var isolate: Isolate?
    private var run: Isolate.Handle?
    private var rootFields: Isolate.Handle?

    /// - Throws: when the library or the schema does not load.
    init(on lane: Lane, _ setup: GraphQLSetup, onAsk: @escaping Ask) throws(GraphQLAnswer.Failure) {
        (library, self.onAsk) = (setup.library, onAsk)
        var limits = Isolate.Limits()
        limits.heapBytes = setup.limits.heapBytes
        limits.youngBytes = setup.limits.youngBytes
        limits.resultBytes = setup.limits.resultBytes
        let isolate = Isolate(on: lane, limits: limits, host: self)
        self.isolate = isolate
        do {
            // The library looks at it to know whether to check its own use.
            _ = isolate.run("globalThis.process = {env: {NODE_ENV: 'production'}}")
            let namespace = try isolate.load("./host.js").get()
            run = try isolate.member("run", of: namespace).get()
            rootFields = try isolate.member("rootFields", of: namespace).get()
            try boot(try isolate.member("boot", of: namespace).get(), isolate, setup)
        } catch {
            throw .broke("GraphQL does not start: \(error)")
        }
    }

    private func boot(_ boot: Isolate.Handle, _ isolate: Isolate, _ setup: GraphQLSetup) throws {
        let encoder = JSONEncoder()
        let fields = Array(try encoder.encode(setup.fields)), limits = Array(try encoder.encode(setup.limits))
        let outcome = fields.withUnsafeBufferPointer { fields in
            limits.withUnsafeBufferPointer { limits in
                isolate.call(
                    boot, .text(setup.schema), .json(fields), .json(limits),
                    .handle(isolate.function(Self.askNumber)))
            }
        }
        guard case .done = outcome else { throw GraphQLAnswer.Failure.broke("\(outcome)") }
    }

    func run(_ number: UInt32, _ request: GraphQLRequest) -> Isolate.Outcome {
        guard let isolate, let run else { return .stopped(.cancelled) }
        let variables = request.variables ?? Array("null".utf8)
        return variables.withUnsafeBufferPointer { variables in
            isolate.call(
                run, .number(Double(number)), .text(request.query), .text(request.operationName ?? ""),
                .json(variables), .number(request.readsOnly ? 1 : 0), .text(request.correlationID))
        }
    }

    /// The numbers of the root fields that a request is going to ask for; nil when it cannot be run.
    func rootFields(of request: GraphQLRequest) -> [Int]? {
        guard let isolate, let rootFields,
            case .done(let json) = isolate.call(
                rootFields, .text(request.query), .text(request.operationName ?? ""))
        else { return nil }
        return try? JSONDecoder().decode([Int].self, from: Data(json))
    }

    func settle(_ promise: UInt32, _ reply: [UInt8]) -> Isolate.Outcome {
        isolate?.settle(promise, .json(reply)) ?? .stopped(.cancelled)
    }

    func settled(_ promise: Isolate.Handle) -> Isolate.Outcome { isolate?.settled(promise) ?? .stopped(.cancelled) }

    func forget(_ promise: Isolate.Handle) { isolate?.forget(promise) }

    // MARK: what JavaScript asks for

    func call(_ function: UInt32, _ arguments: HostArguments) -> HostReply {
        guard let request = arguments.number(0), let field = arguments.number(1), let asked = arguments.bytes(2) else {
            return .error("ask(request, field, arguments)")
        }
        return onAsk(UInt32(request), Int(field), Array(asked))
    }

    func module(_ specifier: String, importedBy referrer: String) -> HostModule {
        if let source = Self.modules[specifier] { return .source(source, name: specifier) }
        guard let path = library.path(of: specifier, importedBy: referrer), let source = library.source(of: path) else {
            return .missing("\(referrer) wants \(specifier), which is not there")
        }
        return .source(source, name: path)
    }
}
