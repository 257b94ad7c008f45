/// Reads the members of a JSON object and collects every failure on the way, unknown members included.
///
///     var reader = ObjectReader(json)
///     let reason = reader.string("reason", lengthMax: 500)
///     let flag = reader.bool("paused")
///     let paused = reader.require("paused", flag)
///     try reader.finish()
package struct ObjectReader {
    package private(set) var failures: [Failure] = []
    private let members: [JSON.Member]
    private let path: String
    private var known: [String] = []

    /// - Parameter path: where the object itself stands; empty for a body.
    package init(_ json: JSON, path: String = "") {
        self.path = path
        members = json.members ?? []
        if json.members == nil {
            failures.append(
                Failure(
                    path: path, code: "wrong_type", message: "must be a JSON object, not \(json.kindName)"))
        }
    }

    /// The member's value; an explicit null says the same as an absent member. Reading a member makes it known.
    package mutating func value(_ name: String) -> JSON? {
        if !known.contains(name) { known.append(name) }
        let value = members.first { $0.name == name }?.value
        return value == .null ? nil : value
    }

    /// True when the member was sent, even as null.
    package func sent(_ name: String) -> Bool {
        members.contains { $0.name == name }
    }

    package mutating func fail(_ name: String, _ code: String, _ message: String) {
        failures.append(Failure(path: place(name), code: code, message: message))
    }

    package mutating func add(_ more: [Failure]) {
        failures += more
    }

    /// Where a member stands; an empty name is the object itself.
    package func place(_ name: String) -> String {
        name.isEmpty ? path : placeOfMember(name)
    }

    /// Of a member that was sent, be its name empty.
    private func placeOfMember(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// The value, or nil with a failure that names the member; one that failed already, or a part of it, is not named
    /// twice.
    package mutating func require<Value>(_ name: String, _ value: Value?) -> Value? {
        let place = place(name)
        let isSaid = failures.contains {
            $0.path == place || $0.path.hasPrefix(place + ".") || $0.path == path && $0.code == "wrong_type"
        }
        if value == nil, !isSaid {
            fail(name, "required", "is required")
        }
        return value
    }

    /// Throws every failure, after naming the members that nobody asked for.
    package mutating func finish() throws(ValidationFailed) {
        refuseUnknown()
        guard failures.isEmpty else { throw ValidationFailed(failures) }
    }

    /// Names the members that nobody asked for, each with the nearest name that there is.
    package mutating func refuseUnknown() {
        let unknown = members.filter { !known.contains($0.name) }
        for member in unknown.prefix(Self.unknownMax) {
            let hint =
                EditDistance.nearest(to: member.name, among: known).map { ": did you mean \($0)?" }
                ?? (known.isEmpty ? "" : ": known are \(known.joined(separator: ", "))")
            failures.append(
                Failure(
                    path: placeOfMember(member.name), code: Self.unknownMember,
                    message: "is not a known field\(hint)"))
        }
        if unknown.count > Self.unknownMax {
            failures.append(
                Failure(
                    path: path, code: Self.unknownMember,
                    message: "has \(unknown.count - Self.unknownMax) more members that are not known"))
        }
    }

    /// The code of their failures.
    package static let unknownMember = "unknown_field"
    /// Members that nobody asked for are named up to this many: the answer must not grow with the attack.
    private static let unknownMax = 50
}

extension ObjectReader {
    package mutating func bool(_ name: String) -> Bool? {
        typed(name, "true or false") { $0.bool }
    }

    package mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = typed(name, "a whole number", { $0.integer }) else { return nil }
        guard range.contains(value) else {
            fail(name, "out_of_range", "must be from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// Lengths are counted in Unicode scalars, as JSON Schema and the platforms count them.
    package mutating func string(_ name: String, lengthMin: Int = 0, lengthMax: Int) -> String? {
        guard let value = typed(name, "a string", { $0.string }) else { return nil }
        let length = value.unicodeScalars.count
        guard length >= lengthMin else {
            fail(name, "too_short", lengthMin == 1 ? "must not be empty" : "needs at least \(lengthMin) characters")
            return nil
        }
        guard length <= lengthMax else {
            fail(name, "too_long", "has \(length) characters; at most \(lengthMax) are taken")
            return nil
        }
        return value
    }

    package mutating func array(_ name: String, countMax: Int) -> [JSON]? {
        guard let value = typed(name, "an array", { $0.array }) else { return nil }
        guard value.count <= countMax else {
            fail(name, "too_many", "has \(value.count) entries; at most \(countMax) are taken")
            return nil
        }
        return value
    }

    package mutating func object(_ name: String) -> JSON? {
        // A bare nil would be the literal of JSON's null here.
        typed(name, "an object") { json in json.members.map { _ in json } }
    }

    package mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, of type: Value.Type
    ) -> Value? where Value.RawValue == String {
        guard let text = typed(name, "a string", { $0.string }) else { return nil }
        guard let value = Value(rawValue: text) else {
            fail(name, "not_allowed", NotAllowed.message(text, among: Value.allCases.map(\.rawValue)))
            return nil
        }
        return value
    }

    private mutating func typed<Value>(_ name: String, _ kind: String, _ read: (JSON) -> Value?) -> Value? {
        guard let json = value(name) else { return nil }
        guard let value = read(json) else {
            fail(name, "wrong_type", "must be \(kind), not \(json.kindName)")
            return nil
        }
        return value
    }
}
