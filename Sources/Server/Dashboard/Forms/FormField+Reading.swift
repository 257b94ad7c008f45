import Domain

extension Collection<FormField> {
    /// What a form sent, as settings. Nothing is judged here: what is no number goes on as the text that it is, and is
    /// refused by those who know the rules.
    ///
    /// - Parameter prefix: of the fields' names, `config.`.
    func read(_ form: Form, prefix: String) -> JSON {
        .object(compactMap { field in field.read(form, "\(prefix)\(field.name)").map { JSON.Member(field.name, $0) } })
    }
}

extension FormField {
    /// nil: nothing is said, and the default counts.
    fileprivate func read(_ form: Form, _ name: String) -> JSON? {
        switch kind {
        case .line, .area, .color, .url: return form[name].map { .string($0.replacing("\r\n", with: "\n")) }
        case .number: return form[name].map(Self.number)
        case .flag: return form.isSent(name + ".shown") ? .bool(form[name] != nil) : nil
        case .choice: return form[name].map(JSON.string)
        case .choices: return form.isSent(name + ".shown") ? .array(form.all(name).map(JSON.string)) : nil
        case .lines: return form.isSent(name) ? .array(Self.lines(form[name] ?? "")) : nil
        case .rows(let fields): return rows(fields, form, name)
        }
    }

    /// Rows in which nothing is said are left out.
    private func rows(_ fields: [FormField], _ form: Form, _ name: String) -> JSON? {
        let numbers = Set(
            form.names.compactMap { sent in
                sent.hasPrefix(name + ".") ? Int(sent.dropFirst(name.count + 1).prefix { $0 != "." }) : nil
            })
        guard !numbers.isEmpty else { return nil }
        let rows = numbers.sorted().prefix(200).map { fields.read(form, prefix: "\(name).\($0).") }
        return .array(rows.filter { $0.members?.isEmpty == false })
    }

    private static func number(_ text: String) -> JSON {
        let text = text.filter { !$0.isWhitespace }
        guard let json = try? JSONParser.parse(text), case .number = json else { return .string(text) }
        return json
    }

    static func lines(_ text: String) -> [JSON] {
        text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.filter { !$0.isEmpty }
            .map { line in
                var line = line
                while line.last?.isWhitespace == true { line.removeLast() }
                return .string(String(line))
            }
    }
}
