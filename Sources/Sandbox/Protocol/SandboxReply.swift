import Domain

/// What a child tells the parent. It is read as if an enemy had written it.
enum SandboxReply {
    /// The first: what the kernel has granted, as bits.
    case ready(grants: UInt64)
    /// The first, instead: why it cannot work.
    case broken(String)
    /// What the program declares: a JSON array of triggers.
    case loaded(number: UInt64, triggers: UnsafeBufferPointer<UInt8>)
    case ended(number: UInt64, HandlerEnd)
    case ask(ask: UInt64, call: UInt64, HostFunction, arguments: UnsafeBufferPointer<UInt8>)
}

extension SandboxReply {
    func write(to frames: inout FrameWriter) {
        frames.frame { frame in
            switch self {
            case .ready(let grants):
                frame.member("{\"ready\":", grants)
                frame.text("}")
            case .broken(let sentence):
                frame.text("{\"broken\":")
                frame.string(sentence)
                frame.text("}")
            case .loaded(let number, let triggers):
                frame.member("{\"loaded\":", number)
                frame.text(",\"triggers\":")
                frame.raw(triggers)
                frame.text("}")
            case .ended(let number, let end): end.write(number, to: &frame)
            case .ask(let ask, let call, let function, let arguments):
                frame.member("{\"ask\":", ask)
                frame.member(",\"call\":", call)
                frame.text(",\"function\":")
                frame.string(function.rawValue)
                frame.text(",\"arguments\":")
                frame.raw(arguments)
                frame.text("}")
            }
        }
    }

    /// nil when it is no message: then the child must go.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var scanner = FrameScanner(bytes)
        if let number = scanner.member("{\"ended\":") {
            guard let end = HandlerEnd(&scanner) else { return nil }
            self = .ended(number: number, end)
        } else if let ask = scanner.member("{\"ask\":") {
            guard let call = scanner.member(",\"call\":"), scanner.skip(",\"function\":"),
                let function = scanner.string().flatMap({ HostFunction(rawValue: $0) }),
                scanner.skip(",\"arguments\":"), let arguments = scanner.rest()
            else { return nil }
            self = .ask(ask: ask, call: call, function, arguments: arguments)
        } else if let number = scanner.member("{\"loaded\":") {
            guard scanner.skip(",\"triggers\":"), let triggers = scanner.rest() else { return nil }
            self = .loaded(number: number, triggers: triggers)
        } else if let grants = scanner.member("{\"ready\":") {
            guard scanner.ends() else { return nil }
            self = .ready(grants: grants)
        } else {
            guard scanner.skip("{\"broken\":"), let sentence = scanner.string(), scanner.ends() else { return nil }
            self = .broken(sentence)
        }
    }
}

extension HandlerEnd {
    fileprivate func write(_ number: UInt64, to frame: inout FrameWriter) {
        frame.member("{\"ended\":", number)
        frame.member(",\"cpu\":", UInt64(cpuMicroseconds))
        frame.member(",\"wall\":", UInt64(wallMicroseconds))
        frame.text(",\"log\":")
        frame.strings(log)
        switch result {
        case .returned(let json):
            frame.text(",\"value\":")
            frame.raw(json)
        case .failed(let failure):
            frame.text(",\"failed\":")
            frame.string(failure.kind.rawValue)
            frame.text(",\"message\":")
            frame.string(failure.message)
        }
        frame.text("}")
    }

    fileprivate init?(_ scanner: inout FrameScanner) {
        guard let cpu = scanner.member(",\"cpu\":"), let wall = scanner.member(",\"wall\":"),
            scanner.skip(",\"log\":"), let log = scanner.strings(), cpu < 1 << 60, wall < 1 << 60
        else { return nil }
        let result: Result
        if scanner.skip(",\"value\":"), let json = scanner.rest() {
            result = .returned(Array(json))
        } else if scanner.skip(",\"failed\":"),
            let kind = scanner.string().flatMap({ SandboxFailure.Kind(rawValue: $0) }),
            scanner.skip(",\"message\":"), let message = scanner.string(), scanner.ends()
        {
            result = .failed(SandboxFailure(kind, message))
        } else {
            return nil
        }
        self.init(result, log: log, cpuMicroseconds: Int(cpu), wallMicroseconds: Int(wall))
    }
}
