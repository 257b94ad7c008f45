/// What a worker asks of the server for an install, when no Redis stands between them: `POST /v1/internal/kv`.
///
/// `{install_id, function, arguments}`, the function as in `kv.get`, the arguments as the script gave them. The answer
/// is `{value}`, or a refusal for the extension's author with the status 422 and the code `kv_refused`.
package struct KeyValueRequest: Equatable, Sendable {
    package static let refusedCode = "kv_refused"
    private static let functionPrefix = "kv."

    package var installID: InstallID
    package var operation: KeyValueOperation

    package init(installID: InstallID, operation: KeyValueOperation) {
        (self.installID, self.operation) = (installID, operation)
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("install_id", installID.rawValue)
            object.member("function", Self.functionPrefix + operation.name.rawValue)
            object.name("arguments")
            object.array { array in
                array.string(operation.key)
                switch operation {
                case .get, .delete, .list: break
                case .set(_, let value): array.raw(value.bytes)
                case .increment(_, let step): array.raw(Array(Self.literal(step).utf8))
                }
            }
        }
    }

    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 256)
        encode(into: &writer)
        return writer.bytes
    }

    private static func literal(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}

extension KeyValueRequest {
    /// What was sent is no request, or one that the extension's author has to be told about.
    package enum Unusable: Error, Equatable {
        case invalid(ValidationFailed)
        case refused(KeyValueRefusal)
    }

    package init(_ json: JSON) throws(Unusable) {
        var reader = ObjectReader(json)
        let install = reader.install("install_id")
        let function = reader.string("function", lengthMax: 64).flatMap { Self.name($0, &reader) }
        let list = reader.array("arguments", countMax: 8)
        let wanted = (
            reader.require("install_id", install), reader.require("function", function),
            reader.require("arguments", list)
        )
        reader.refuseUnknown()
        guard reader.failures.isEmpty, case (let install?, let name?, let arguments?) = wanted else {
            throw .invalid(ValidationFailed(reader.failures))
        }
        do throws(KeyValueRefusal) {
            self.init(installID: install, operation: try KeyValueOperation(name, arguments))
        } catch {
            throw .refused(error)
        }
    }

    private static func name(_ function: String, _ reader: inout ObjectReader) -> KeyValueOperation.Name? {
        if function.hasPrefix(functionPrefix),
            let name = KeyValueOperation.Name(rawValue: String(function.dropFirst(functionPrefix.count)))
        {
            return name
        }
        let names = KeyValueOperation.Name.allCases.map { functionPrefix + $0.rawValue }
        reader.fail("function", "not_allowed", NotAllowed.message(function, among: names))
        return nil
    }
}
