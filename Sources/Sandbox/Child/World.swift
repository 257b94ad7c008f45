import Domain
import JavaScript

/// The isolate of one install: its modules, its triggers, and how they are called.
final class World: IsolateHost {
    private enum Function: UInt32 { case ask = 1, log = 2 }

    /// What a program's own code asks for while it runs.
    var onAsk: (_ function: String, _ arguments: UnsafeBufferPointer<UInt8>, _ call: UInt64) -> HostReply = { _, _, _ in
        .error("there is nobody to ask")
    }
    var onLog: (_ line: String, _ call: UInt64) -> Void = { _, _ in }

    private var isolate: Isolate?
    private var program: CarriedProgram?
    private var exports: Isolate.Handle?
    private var dispatch: Isolate.Handle?

    /// The isolate waits for its program: making it takes the longest, and can be done beforehand.
    init(on lane: Lane, from snapshot: Snapshot, _ limits: SandboxLimits) {
        isolate = Isolate(on: lane, from: snapshot, limits: SandboxChild.isolateLimits(limits), host: self)
    }

    /// Evaluates a program.
    /// - Returns: what it declares, a JSON array of triggers.
    func evaluate(_ program: CarriedProgram) -> Result<[UInt8], SandboxFailure> {
        guard let isolate else { return .failure(SandboxFailure(.unavailable, "the isolate is gone")) }
        self.program = program
        do {
            let runtime = try isolate.keep(AuthorModule.takeRuntime, name: "lumio").get()
            exports = try isolate.member("exported", of: runtime).get()
            dispatch = try isolate.member("dispatch", of: runtime).get()
            let boot = try isolate.member("boot", of: runtime).get()
            let settle = try isolate.member("settleTriggers", of: runtime).get()
            try self.boot(boot, isolate)
            _ = try isolate.load("./" + program.main).get()
            self.program?.modules = [:]
            return .success(Array(try isolate.call(settle).json()))
        } catch {
            return .failure(SandboxFailure(evaluating: error))
        }
    }

    private func boot(_ boot: Isolate.Handle, _ isolate: Isolate) throws(Isolate.Stopped) {
        let has = { (capability: HostCapability) -> Isolate.Argument in
            .number(self.program?.capabilities.contains(capability) == true ? 1 : 0)
        }
        let (ask, log) = (isolate.function(Function.ask.rawValue), isolate.function(Function.log.rawValue))
        let settings = program?.settings ?? []
        let outcome = settings.withUnsafeBufferPointer { settings in
            isolate.call(boot, .handle(ask), .handle(log), has(.kv), has(.fetch), .json(settings))
        }
        _ = try outcome.json()
    }

    func call(_ call: CarriedCall) -> Isolate.Outcome {
        guard let isolate, let dispatch else { return .stopped(.cancelled) }
        let numbers = (
            Double(call.number), Double(call.trigger), Double(call.nowMilliseconds),
            Double(UInt32(truncatingIfNeeded: call.seed ^ (call.seed >> 32)))
        )
        return isolate.call(dispatch, numbers, call.context)
    }

    /// The host has answered; then asks how the call stands.
    func settle(_ ask: UInt32, _ answer: HostAnswer) -> Isolate.Outcome? {
        let reply: HostReply =
            switch answer {
            case .value(let json): .json(json.isEmpty ? Array("null".utf8) : json)
            case .refused(let sentence): .error(sentence)
            }
        guard let outcome = isolate?.settle(ask, reply) else { return nil }
        if case .done = outcome { return nil }
        return outcome
    }

    func state(of promise: Isolate.Handle) -> Isolate.Outcome { isolate?.settled(promise) ?? .stopped(.cancelled) }

    func tidy() { isolate?.tidy() }

    // MARK: IsolateHost

    func call(_ function: UInt32, _ arguments: HostArguments) -> HostReply {
        switch Function(rawValue: function) {
        case .ask:
            guard let name = arguments.text(0), let values = arguments.bytes(1), let call = arguments.number(2),
                let number = UInt64(exactly: call)
            else { return .error("the host is asked with a name and values") }
            return onAsk(name, values, number)
        case .log:
            if let line = arguments.text(0), let number = arguments.number(1).flatMap(UInt64.init(exactly:)) {
                onLog(line, number)
            }
            return .undefined
        case nil: return .undefined
        }
    }

    func module(_ specifier: String, importedBy referrer: String) -> HostModule {
        if specifier == AuthorModule.name, let exports { return .exports(exports, name: AuthorModule.name) }
        guard let path = ModulePath.resolve(specifier, importedBy: referrer) else {
            return .missing(
                "it imports \(specifier): only \(AuthorModule.name) and its own files, as ./file.js, are there")
        }
        guard let source = program?.modules[path] else {
            return .missing("it imports \(path), which is not in the bundle")
        }
        return .source(source, name: path)
    }
}

extension Isolate.Outcome {
    fileprivate func json() throws(Isolate.Stopped) -> UnsafeBufferPointer<UInt8> {
        switch self {
        case .done(let bytes): return bytes
        case .threw(let message): throw .threw(message)
        case .stopped(let reason): throw .stopped(reason)
        case .tooLong: throw .threw("it declares more triggers than can be told")
        case .pending: throw .waits
        }
    }
}

extension SandboxFailure {
    fileprivate init(evaluating error: Isolate.Stopped) {
        switch error {
        case .threw(let message): self.init(.script, message)
        case .stopped(.memory): self.init(.memory, "evaluating it took more memory than it may have")
        case .stopped: self.init(.timeout, "evaluating it took more CPU time than it may have")
        case .waits: self.init(.script, "its top level awaits something that never comes")
        }
    }
}
