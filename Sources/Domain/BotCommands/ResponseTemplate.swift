/// A command's answer with variables in it: `{user} {channel} {platform} {uptime} {count} {random:a,b,c}`.
package struct ResponseTemplate: Equatable, Sendable {
    package enum Variable: String, CaseIterable, Sendable {
        case user, channel, platform, uptime, count
    }

    package enum Part: Equatable, Sendable {
        case text(String)
        case variable(Variable)
        /// One of these, never none.
        case random([String])
    }

    package let parts: [Part]

    /// What is wrong with a template, everything at once.
    package struct Wrong: Error, Equatable {
        package let messages: [String]
    }

    /// Said as it is written, braces and all.
    package init(verbatim text: String) {
        parts = [.text(text)]
    }

    package init(_ text: String) throws(Wrong) {
        var parts: [Part] = [], messages: [String] = []
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            rest = rest[rest.index(after: brace)...]
            guard let end = rest.firstIndex(of: "}") else {
                messages.append("has a { that is never closed; to say braces as they are, take the response type text")
                break
            }
            switch Self.part(rest[..<end]) {
            case .success(let part): parts.append(part)
            case .failure(let wrong): messages += wrong.messages
            }
            rest = rest[rest.index(after: end)...]
        }
        guard messages.isEmpty else { throw Wrong(messages: messages) }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func part(_ name: Substring) -> Result<Part, Wrong> {
        if let variable = Variable(rawValue: String(name)) { return .success(.variable(variable)) }
        let halves = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0] == random else { return .failure(Wrong(messages: [unknown(name)])) }
        let choices = halves[1].split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        guard choices.allSatisfy({ !$0.isEmpty }) else {
            return .failure(Wrong(messages: ["has an empty choice: write them as in {random:heads,tails}"]))
        }
        return .success(.random(choices))
    }

    private static let random = "random"

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func unknown(_ name: Substring) -> String {
        let known = Variable.allCases.map(\.rawValue)
        let word = String(name.prefix { $0 != ":" }.prefix(40))
        let meant = EditDistance.nearest(to: word, among: known + [random]).map { ": did you mean {\(example($0))}?" }
        let all = (known + [random]).map { "{\(example($0))}" }.joined(separator: " ")
        return "knows no {\(word)}\(meant ?? ""); there are \(all)"
    }

    private static func example(_ name: String) -> String { name == random ? "random:a,b,c" : name }

    /// - Parameters:
    ///   - value: what a variable stands for.
    ///   - pick: one of so many choices, from 0.
    package func filled(_ value: (Variable) -> String, pick: (Int) -> Int) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .variable(let variable): value(variable)
            case .random(let choices): choices[pick(choices.count)]
            }
        }.joined()
    }
}
