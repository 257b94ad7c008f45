/// A strict reader of Prometheus' text exposition format 0.0.4, written from its description alone.
struct Exposition {
    struct Failure: Error { let line: String, reason: String }

    struct Sample: Equatable {
        let name: String, labels: [String: String], value: Double
    }

    struct Family {
        var help: String, kind = "", samples: [Sample] = []
    }

    private(set) var families: [String: Family] = [:]
    private var current = ""

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Failure(line: "", reason: "no line feed at the end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { try read(String(line)) }
        for (name, family) in families where family.kind == "histogram" { try check(name, family) }
    }

    func samples(_ name: String) -> [Sample] { families[name]?.samples ?? [] }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        families.values.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func read(_ line: String) throws {
        if line.hasPrefix("# HELP ") {
            let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            current = String(parts[0])
            guard families[current] == nil else { throw Failure(line: line, reason: "a second HELP") }
            families[current] = Family(help: try unescape(String(parts[1]), quotes: false))
        } else if line.hasPrefix("# TYPE ") {
            let parts = line.dropFirst(7).split(separator: " ").map(String.init)
            guard parts.count == 2, parts[0] == current, families[current]?.kind == "",
                ["counter", "gauge", "histogram"].contains(parts[1])
            else { throw Failure(line: line, reason: "a TYPE out of place") }
            families[current]?.kind = parts[1]
        } else {
            try add(try sample(line), line)
        }
    }

    private mutating func add(_ sample: Sample, _ line: String) throws {
        guard let family = families[current], !family.kind.isEmpty else { throw Failure(line: line, reason: "no TYPE") }
        let suffixes = family.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { sample.name == current + $0 }) else {
            throw Failure(line: line, reason: "a sample of another family")
        }
        guard !family.samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
            throw Failure(line: line, reason: "told twice")
        }
        families[current]?.samples.append(sample)
    }

    private func sample(_ line: String) throws -> Sample {
        var rest = Substring(line)
        let name = Self.takeName(&rest, colon: true)
        guard !name.isEmpty else { throw Failure(line: line, reason: "no name") }
        var labels: [String: String] = [:]
        if rest.first == "{" {
            repeat {
                rest.removeFirst()
                let label = Self.takeName(&rest, colon: false)
                guard !label.isEmpty, rest.hasPrefix("=\""), labels[label] == nil else {
                    throw Failure(line: line, reason: "a broken label")
                }
                rest.removeFirst(2)
                labels[label] = try unescape(try takeQuoted(&rest, line), quotes: true)
            } while rest.first == ","
            guard rest.first == "}" else { throw Failure(line: line, reason: "labels do not end") }
            rest.removeFirst()
        }
        guard rest.first == " ", let value = Self.number(rest.dropFirst()) else {
            throw Failure(line: line, reason: "no number")
        }
        return Sample(name: name, labels: labels, value: value)
    }

    private static func takeName(_ rest: inout Substring, colon: Bool) -> String {
        let name = rest.unicodeScalars.prefix { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "_" || (colon && scalar == ":")
        }
        guard let first = name.first, !("0"..."9").contains(first) else { return "" }
        rest = rest[name.endIndex...]
        return String(name)
    }

    private func takeQuoted(_ rest: inout Substring, _ line: String) throws -> String {
        var result = ""
        while let character = rest.first {
            rest.removeFirst()
            if character == "\"" { return result }
            result.append(character)
            if character == "\\", let next = rest.first {
                result.append(next)
                rest.removeFirst()
            }
        }
        throw Failure(line: line, reason: "a value without end")
    }

    private func unescape(_ text: String, quotes: Bool) throws -> String {
        var result = "", scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.next() {
            case "\\": result += "\\"
            case "n": result += "\n"
            case "\"" where quotes: result += "\""
            default: throw Failure(line: text, reason: "an unknown escape")
            }
        }
        return result
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.allSatisfy { "0123456789.+-e".contains($0) } ? Double(text) : nil
        }
    }

    /// Buckets grow and are cumulative; the last is `+Inf` and equals the count.
    private func check(_ name: String, _ family: Family) throws {
        let series = Set(family.samples.map { sample in sample.labels.filter { $0.key != "le" } })
        for labels in series {
            let mine = family.samples.filter { sample in sample.labels.filter { $0.key != "le" } == labels }
            let buckets = mine.filter { $0.name == name + "_bucket" }
            let bounds = buckets.compactMap { $0.labels["le"].flatMap { Self.number($0[...]) } }
            let counts = buckets.map(\.value)
            guard bounds.count == buckets.count, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }),
                zip(counts, counts.dropFirst()).allSatisfy({ $0 <= $1 }), bounds.last == .infinity,
                mine.filter({ $0.name == name + "_count" }).map(\.value) == [counts.last],
                mine.filter({ $0.name == name + "_sum" }).count == 1
            else { throw Failure(line: name, reason: "is no histogram") }
        }
    }
}
