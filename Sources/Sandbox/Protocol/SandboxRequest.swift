import Domain

/// What the parent tells a child.
enum SandboxRequest {
    /// The first.
    case setUp(SandboxLimits)
    /// Takes a program, and evaluates it. One that is only restored is evaluated when it is called.
    case load(number: UInt64, install: UInt64, isRestored: Bool, CarriedProgram)
    case run(CarriedCall)
    /// Takes no further call; those under way go on.
    case retire(install: UInt64)
    case unload(install: UInt64)
    case answer(ask: UInt64, HostAnswer)
}

/// A program as a message carries it.
struct CarriedProgram {
    var main: String
    var modules: [String: String]
    var capabilities: Set<HostCapability>
    /// A JSON object.
    var settings: [UInt8]
}

/// A call as a message carries it.
struct CarriedCall {
    var number: UInt64, install: UInt64
    /// Its place among the program's triggers.
    var trigger: UInt64
    var nowMilliseconds: UInt64, seed: UInt64
    /// When it must be over, on the monotonic clock.
    var untilNanoseconds: UInt64
    /// A JSON object; valid while the message is.
    var context: UnsafeBufferPointer<UInt8>
}

extension SandboxRequest {
    func write(to frames: inout FrameWriter) {
        frames.frame { frame in
            switch self {
            case .setUp(let limits):
                frame.text("{\"setup\":[")
                for (index, field) in SandboxLimits.fields.enumerated() {
                    if index > 0 { frame.text(",") }
                    frame.number(UInt64(limits[keyPath: field]))
                }
                frame.text("]}")
            case .load(let number, let install, let isRestored, let program):
                frame.member("{\"load\":", number)
                frame.member(",\"install\":", install)
                frame.member(",\"restored\":", isRestored ? 1 : 0)
                program.write(to: &frame)
            case .run(let call): call.write(to: &frame)
            case .retire(let install):
                frame.member("{\"retire\":", install)
                frame.text("}")
            case .unload(let install):
                frame.member("{\"unload\":", install)
                frame.text("}")
            case .answer(let ask, .value(let json)):
                frame.member("{\"answer\":", ask)
                frame.text(",\"value\":")
                frame.raw(json)
                frame.text("}")
            case .answer(let ask, .refused(let sentence)):
                frame.member("{\"answer\":", ask)
                frame.text(",\"refused\":")
                frame.string(sentence)
                frame.text("}")
            }
        }
    }

    /// nil when it is none: then the parent is not ours.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var scanner = FrameScanner(bytes)
        if let call = CarriedCall(&scanner) {
            self = .run(call)
        } else if let ask = scanner.member("{\"answer\":") {
            guard let answer = HostAnswer(&scanner) else { return nil }
            self = .answer(ask: ask, answer)
        } else if let number = scanner.member("{\"load\":") {
            guard let install = scanner.member(",\"install\":"), let restored = scanner.member(",\"restored\":"),
                let program = CarriedProgram(&scanner)
            else { return nil }
            self = .load(number: number, install: install, isRestored: restored == 1, program)
        } else if let install = scanner.member("{\"retire\":") {
            self = .retire(install: install)
        } else if let install = scanner.member("{\"unload\":") {
            self = .unload(install: install)
        } else {
            guard let limits = SandboxLimits(&scanner) else { return nil }
            self = .setUp(limits)
        }
    }
}

extension SandboxLimits {
    fileprivate init?(_ scanner: inout FrameScanner) {
        guard scanner.skip("{\"setup\":[") else { return nil }
        self.init()
        for (index, field) in Self.fields.enumerated() {
            guard index == 0 || scanner.skip(","), let value = scanner.number() else { return nil }
            self[keyPath: field] = Int(value)
        }
    }
}

extension HostAnswer {
    fileprivate init?(_ scanner: inout FrameScanner) {
        if scanner.skip(",\"value\":"), let json = scanner.rest() {
            self = .value(Array(json))
        } else if scanner.skip(",\"refused\":"), let sentence = scanner.string() {
            self = .refused(sentence)
        } else {
            return nil
        }
    }
}

extension CarriedProgram {
    fileprivate func write(to frame: inout FrameWriter) {
        frame.member(",\"kv\":", capabilities.contains(.kv) ? 1 : 0)
        frame.member(",\"fetch\":", capabilities.contains(.fetch) ? 1 : 0)
        frame.text(",\"main\":")
        frame.string(main)
        frame.text(",\"modules\":")
        frame.strings(modules.flatMap { [$0.key, $0.value] })
        frame.text(",\"settings\":")
        frame.raw(settings)
        frame.text("}")
    }

    fileprivate init?(_ scanner: inout FrameScanner) {
        guard let kv = scanner.member(",\"kv\":"), let fetch = scanner.member(",\"fetch\":"),
            scanner.skip(",\"main\":"), let main = scanner.string(), scanner.skip(",\"modules\":"),
            let texts = scanner.strings(), scanner.skip(",\"settings\":"), let settings = scanner.rest()
        else { return nil }
        let pairs = stride(from: 0, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) }
        modules = Dictionary(pairs) { $1 }
        capabilities = []
        if kv == 1 { capabilities.insert(.kv) }
        if fetch == 1 { capabilities.insert(.fetch) }
        (self.main, self.settings) = (main, Array(settings))
    }
}

extension CarriedCall {
    func write(to frame: inout FrameWriter) {
        frame.member("{\"run\":", number)
        frame.member(",\"install\":", install)
        frame.member(",\"trigger\":", trigger)
        frame.member(",\"now\":", nowMilliseconds)
        frame.member(",\"seed\":", seed)
        frame.member(",\"until\":", untilNanoseconds)
        frame.text(",\"context\":")
        frame.raw(context)
        frame.text("}")
    }

    fileprivate init?(_ scanner: inout FrameScanner) {
        guard let number = scanner.member("{\"run\":"), let install = scanner.member(",\"install\":"),
            let trigger = scanner.member(",\"trigger\":"), let now = scanner.member(",\"now\":"),
            let seed = scanner.member(",\"seed\":"), let until = scanner.member(",\"until\":"),
            scanner.skip(",\"context\":"), let context = scanner.rest()
        else { return nil }
        self.init(
            number: number, install: install, trigger: trigger, nowMilliseconds: now, seed: seed,
            untilNanoseconds: until, context: context)
    }
}
