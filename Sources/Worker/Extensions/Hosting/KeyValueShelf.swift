import Domain

/// What one install keeps, and how much room is left.
struct KeyValueShelf: Equatable, Sendable {
    private(set) var values: [String: [UInt8]] = [:]
    private(set) var sizeBytes = 0

    mutating func perform(_ operation: KeyValueOperation) throws(KeyValueRefusal) -> [UInt8] {
        switch operation {
        case .get(let key): return values[key] ?? Self.null
        case .set(let key, let value):
            try put(value.bytes, key)
            return Self.null
        case .delete(let key):
            guard let former = values.removeValue(forKey: key) else { return JSON.bool(false).bytes }
            sizeBytes -= key.utf8.count + former.count
            return JSON.bool(true).bytes
        case .increment(let key, let step):
            let former = values[key] ?? Array("0".utf8)
            guard let number = Self.number(former) else { throw .noNumber }
            let next = number + step
            guard abs(next) <= KeyValueLimits.numberMax else { throw .tooGreat }
            let text = Array(Self.text(next).utf8)
            try put(text, key)
            return text
        case .list(let prefix): return list(prefix)
        }
    }

    static let null = JSON.null.bytes

    private static func number(_ bytes: [UInt8]) -> Double? {
        guard case .number(let literal)? = try? JSONParser.parse(bytes) else { return nil }
        return Double(literal)
    }

    /// A whole number is written as one.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? "\(number)"
    }

    private mutating func put(_ value: [UInt8], _ key: String) throws(KeyValueRefusal) {
        let former = values[key]
        let size = sizeBytes - (former.map { $0.count + key.utf8.count } ?? 0) + key.utf8.count + value.count
        guard size <= KeyValueLimits.sizeBytesMax, former != nil || values.count < KeyValueLimits.keysMax else {
            throw .full
        }
        values[key] = value
        sizeBytes = size
    }

    private func list(_ prefix: String) -> [UInt8] {
        let found = values.keys.filter { $0.utf8.starts(with: prefix.utf8) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return JSON.array(found.prefix(KeyValueLimits.listedMax).map { .string($0) }).bytes
    }
}
