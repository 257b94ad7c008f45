import CV8

/// Takes the calls from C to the host, and keeps the texts of its answers for as long as C reads them.
final class HostBox {
    /// It owns the isolate, as a rule.
    private unowned let host: any IsolateHost
    private var texts = Texts()

    init(_ host: any IsolateHost) {
        self.host = host
    }

    /// Valid while the box lives.
    var callbacks: cv8_host {
        cv8_host(
            context: Unmanaged.passUnretained(self).toOpaque(),
            call: { context, function, arguments, count in
                HostBox.at(context).call(function, UnsafeBufferPointer(start: arguments, count: count))
            },
            resolve: { context, specifier, referrer in HostBox.at(context).resolve(specifier, referrer) })
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> HostBox {
        guard let context else { preconditionFailure("C gives back what it was given") }
        return Unmanaged<HostBox>.fromOpaque(context).takeUnretainedValue()
    }

    private func call(_ function: UInt32, _ arguments: UnsafeBufferPointer<cv8_value>) -> cv8_value {
        texts = Texts()
        return texts.value(for: host.call(function, HostArguments(values: arguments)))
    }

    private func resolve(_ specifier: cv8_text, _ referrer: cv8_text) -> cv8_module {
        texts = Texts()
        var module = cv8_module()
        switch host.module(String(specifier), importedBy: String(referrer)) {
        case .source(let source, let name):
            module.kind = CV8_TEXT
            module.name = texts.text(name)
            module.source = texts.text(source)
        case .exports(let handle, let name):
            module.kind = CV8_HANDLE
            module.exports = handle.number
            module.name = texts.text(name)
        case .missing(let sentence):
            module.kind = CV8_ERROR
            module.source = texts.text(sentence)
        }
        return module
    }
}

/// Copies of texts that C may read for as long as this lives.
final class TextCopies {
    fileprivate var copies: [UnsafeMutableBufferPointer<UInt8>] = []

    fileprivate func copy(_ bytes: some Collection<UInt8>) -> cv8_text {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(fromContentsOf: bytes)
        copies.append(copy)
        return UnsafeBufferPointer(copy).text
    }

    deinit {
        for copy in copies { copy.deallocate() }
    }
}

/// Values for C, and what keeps their texts.
struct Texts {
    private let copies = TextCopies()

    func text(_ text: String) -> cv8_text { copies.copy(text.utf8) }

    mutating func value(for argument: Isolate.Argument) -> cv8_value {
        var value = cv8_value()
        switch argument {
        case .text(let text): (value.kind, value.text) = (CV8_TEXT, self.text(text))
        case .json(let bytes): (value.kind, value.text) = (CV8_JSON, bytes.text)
        case .number(let number): (value.kind, value.number) = (CV8_NUMBER, number)
        case .handle(let handle): (value.kind, value.handle) = (CV8_HANDLE, handle.number)
        }
        return value
    }

    mutating func value(for reply: HostReply) -> cv8_value {
        var value = cv8_value()
        switch reply {
        case .undefined: value.kind = CV8_UNDEFINED
        case .text(let text): (value.kind, value.text) = (CV8_TEXT, self.text(text))
        case .json(let bytes): (value.kind, value.text) = (CV8_JSON, copies.copy(bytes))
        case .number(let number): (value.kind, value.number) = (CV8_NUMBER, number)
        case .error(let text): (value.kind, value.text) = (CV8_ERROR, self.text(text))
        case .promise(let number): (value.kind, value.number) = (CV8_PROMISE, Double(number))
        }
        return value
    }
}

extension UnsafeBufferPointer<UInt8> {
    var text: cv8_text {
        cv8_text(bytes: UnsafeRawPointer(baseAddress)?.assumingMemoryBound(to: CChar.self), length: count)
    }

    init(_ text: cv8_text) {
        self.init(start: UnsafeRawPointer(text.bytes)?.assumingMemoryBound(to: UInt8.self), count: text.length)
    }
}

extension String {
    init(_ text: cv8_text) {
        self.init(decoding: UnsafeBufferPointer<UInt8>(text), as: UTF8.self)
    }
}
