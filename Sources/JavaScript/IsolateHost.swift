import CV8

/// What an isolate's JavaScript may ask of the world.
package protocol IsolateHost: AnyObject {
    /// A function that was made with `Isolate.function` is called, on the isolate's thread.
    func call(_ function: UInt32, _ arguments: HostArguments) -> HostReply

    /// - Parameters:
    ///   - specifier: as `import` has it, or as `Isolate.load` was given it.
    ///   - referrer: the name of the module that imports; empty for the first.
    func module(_ specifier: String, importedBy referrer: String) -> HostModule
}

/// What the host answers.
package enum HostReply {
    case undefined
    case text(String)
    case json([UInt8])
    case number(Double)
    /// An Error with this message is thrown, or a promise is rejected with it.
    case error(String)
    /// `Isolate.settle` settles it, by this number.
    case promise(UInt32)
}

package enum HostModule {
    /// `name` is what it is known by: two specifiers that lead to the same name are the same module.
    case source(String, name: String)
    /// Exports the members of an object.
    case exports(Isolate.Handle, name: String)
    case missing(String)
}

/// What a function was called with. Only texts and numbers come through; it is valid during the call.
package struct HostArguments {
    let values: UnsafeBufferPointer<cv8_value>

    package var count: Int { values.count }

    package func text(_ index: Int) -> String? { bytes(index).map { String(decoding: $0, as: UTF8.self) } }

    /// A text's UTF-8.
    package func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8>? {
        guard index < values.count, values[index].kind == CV8_TEXT else { return nil }
        return UnsafeBufferPointer(values[index].text)
    }

    package func number(_ index: Int) -> Double? {
        guard index < values.count, values[index].kind == CV8_NUMBER else { return nil }
        return values[index].number
    }
}
