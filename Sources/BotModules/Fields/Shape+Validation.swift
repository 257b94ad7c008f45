import Domain

extension Shape {
    /// Everything that is wrong with the value of an object at this path.
    static func failures(of json: JSON, with fields: [Field], at path: String) -> [Failure] {
        var reader = ObjectReader(json, path: path)
        for field in fields { field.check(in: &reader) }
        reader.refuseUnknown()
        return reader.failures
    }

    /// Checks the member of that name, if it was sent.
    func check(_ name: String, in reader: inout ObjectReader) {
        switch self {
        case .choice(let names): checkChoice(name, among: names, in: &reader)
        case .integer(let range): _ = reader.integer(name, in: range)
        case .flag: _ = reader.bool(name)
        case .text(let lengthMax, let rule):
            guard let text = reader.string(name, lengthMax: lengthMax) else { return }
            if let (code, message) = rule.objection(to: text) { reader.fail(name, code, message) }
        case .list(let entry, let countMax):
            for (index, value) in (reader.array(name, countMax: countMax) ?? []).enumerated() {
                reader.add(entry.failures(ofEntry: value, index: index, at: reader.place(name)))
            }
        case .object(let fields):
            guard let object = reader.object(name) else { return }
            reader.add(Self.failures(of: object, with: fields, at: reader.place(name)))
        }
    }

    private func checkChoice(_ name: String, among names: [String], in reader: inout ObjectReader) {
        guard let text = reader.string(name, lengthMax: .max), !names.contains(text) else { return }
        reader.fail(name, "not_allowed", NotAllowed.message(text, among: names))
    }

    /// An entry is read as the member of an object of one, so that its index is its name.
    private func failures(ofEntry value: JSON, index: Int, at path: String) -> [Failure] {
        let name = String(index)
        var reader = ObjectReader(.object([JSON.Member(name, value)]), path: path)
        if value == .null {
            reader.fail(name, "wrong_type", "must not be null: leave the entry out")
        } else {
            check(name, in: &reader)
        }
        return reader.failures
    }
}

extension Field {
    fileprivate func check(in reader: inout ObjectReader) {
        shape.check(name, in: &reader)
        if isRequired { _ = reader.require(name, reader.value(name)) }
    }
}
