import Domain

extension SettingSpec {
    /// Everything that speaks against a value.
    func failures(of value: JSON, at path: String) -> [Failure] {
        switch kind {
        case .boolean: value.bool == nil ? [wrongType(value, "true or false", path)] : []
        case .number, .integer: number(value, path)
        case .multiSelect, .stringList: list(value, path)
        case .string, .text, .select, .color, .url: text(value, path)
        }
    }

    private func wrongType(_ value: JSON, _ kind: String, _ path: String) -> Failure {
        Failure(path: path, code: "wrong_type", message: "must be \(kind), not \(value.kindName)")
    }

    private func number(_ value: JSON, _ path: String) -> [Failure] {
        let wanted = kind == .integer ? "a whole number" : "a number"
        guard case .number(let literal) = value, let number = Double(literal), number.isFinite else {
            return [wrongType(value, wanted, path)]
        }
        if kind == .integer, value.integer == nil {
            return [Failure(path: path, code: "wrong_type", message: "must be a whole number, not \(literal)")]
        }
        guard numbers.contains(number) else {
            return [Failure(path: path, code: "out_of_range", message: "must be \(Self.words(numbers))")]
        }
        return []
    }

    private func text(_ value: JSON, _ path: String) -> [Failure] {
        guard let text = value.string else { return [wrongType(value, "a string", path)] }
        switch kind {
        case .select:
            return options.contains(where: { $0.utf8.elementsEqual(text.utf8) }) ? [] : [notAnOption(text, path)]
        case .color: return Self.isColor(text) ? [] : [mismatch(path, "must be a color such as #ff8800")]
        case .url:
            return Self.isAddress(text) ? [] : [mismatch(path, "must be an address such as https://example.com/a")]
        default: return objections(to: text, at: path)
        }
    }

    /// To a text, or to an entry of a list.
    private func objections(to text: String, at path: String) -> [Failure] {
        var failures: [Failure] = []
        let length = text.unicodeScalars.count
        if !lengths.contains(length) {
            let message = "has \(length) characters; \(lengths.lowerBound) to \(lengths.upperBound) are taken"
            failures.append(Failure(path: path, code: "out_of_range", message: message))
        } else if let pattern, !pattern.matches(text) {
            failures.append(mismatch(path, "must match \(pattern.source)"))
        }
        if kind != .text, text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) {
            failures.append(mismatch(path, "must be one line"))
        }
        return failures
    }

    private func list(_ value: JSON, _ path: String) -> [Failure] {
        guard let entries = value.array else { return [wrongType(value, "an array of strings", path)] }
        guard items.contains(entries.count) else {
            let message = "has \(entries.count) entries; \(items.lowerBound) to \(items.upperBound) are taken"
            return [Failure(path: path, code: "out_of_range", message: message)]
        }
        return entries.enumerated().flatMap { index, entry -> [Failure] in
            let place = "\(path).\(index)"
            guard let text = entry.string else { return [wrongType(entry, "a string", place)] }
            guard kind == .multiSelect else { return objections(to: text, at: place) }
            guard options.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else {
                return [notAnOption(text, place)]
            }
            let isTwice = entries[..<index].contains(entry)
            return isTwice ? [Failure(path: place, code: "not_an_option", message: "is chosen twice")] : []
        }
    }

    private func notAnOption(_ text: String, _ path: String) -> Failure {
        let shown = options.count > 20 ? Array(options.prefix(20)) + ["…"] : options
        let hint = text.utf8.count > 200 ? nil : EditDistance.nearest(to: text, among: options)
        return Failure(
            path: path, code: "not_an_option",
            message: "must be one of \(shown.joined(separator: ", "))\(hint.map { " (did you mean \($0)?)" } ?? "")")
    }

    private func mismatch(_ path: String, _ message: String) -> Failure {
        Failure(path: path, code: "pattern_mismatch", message: message)
    }

    private static func words(_ range: ClosedRange<Double>) -> String {
        let limit = Double.greatestFiniteMagnitude
        return switch (range.lowerBound == -limit, range.upperBound == limit) {
        case (true, true): "a number"
        case (true, false): "at most \(plain(range.upperBound))"
        case (false, true): "at least \(plain(range.lowerBound))"
        case (false, false): "from \(plain(range.lowerBound)) to \(plain(range.upperBound))"
        }
    }

    private static func plain(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }

    private static func isColor(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 7 && bytes[0] == UInt8(ascii: "#")
            && bytes[1...].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
    }

    private static func isAddress(_ text: String) -> Bool {
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix), text.utf8.count <= 2_000 else {
            return false
        }
        let rest = lower.dropFirst(scheme.count)
        let host = rest.prefix { !"/?#".contains($0) }
        return !host.isEmpty && !host.hasPrefix(".") && !host.contains("@")
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !"\"<>\\^`{|}".unicodeScalars.contains($0)
            }
    }
}
