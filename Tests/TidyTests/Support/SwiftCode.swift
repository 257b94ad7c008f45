/// Swift source with the content of comments, strings and quoted names replaced by spaces: what is left is code, and
/// every character keeps its line and column.
struct SwiftCode {
    private let source: [Character]
    private var code: [Character]
    private var index = 0

    static func blanked(_ source: String) -> String {
        var scanner = SwiftCode(source)
        scanner.scan(until: nil)
        return String(scanner.code)
    }

    private init(_ source: String) {
        self.source = Array(source)
        code = self.source
    }

    /// Passes over code, up to the parenthesis that closes an interpolation.
    private mutating func scan(until closing: Character?) {
        var depth = 0
        while index < source.count {
            switch source[index] {
            case "/" where looking(at: "//"): blank { !$0.looking(at: "\n") }
            case "/" where looking(at: "/*"): comment()
            case "\"", "#": startOfString()
            case "`":
                index += 1
                blank { !$0.looking(at: "`") }
                index += 1
            case "(":
                depth += 1
                index += 1
            case ")":
                depth -= 1
                index += 1
                if closing != nil, depth == 0 { return }
            default: index += 1
            }
        }
    }

    /// A quote, or a hash that may be that of `#if`.
    private mutating func startOfString() {
        if let hashes = hashesBeforeQuote() { string(hashes: hashes) } else { index += 1 }
    }

    /// Comments nest in Swift.
    private mutating func comment() {
        var depth = 0
        repeat {
            if looking(at: "/*") {
                depth += 1
                blank(count: 2)
            } else if looking(at: "*/") {
                depth -= 1
                blank(count: 2)
            } else {
                blank(count: 1)
            }
        } while depth > 0 && index < source.count
    }

    /// A string's content, interpolations included.
    private mutating func string(hashes: Int) {
        let fence = String(repeating: "#", count: hashes)
        index += hashes
        let quote = looking(at: #"""""#) ? #"""""# : "\""
        index += quote.count
        while index < source.count {
            guard source[index] == "\"" || source[index] == "\\" else {
                blank(count: 1)
                continue
            }
            if looking(at: quote + fence) { break }
            if looking(at: "\\" + fence + "(") {
                let start = index
                index += 1 + hashes
                scan(until: ")")
                for position in start..<min(index, source.count) where source[position] != "\n" { code[position] = " " }
            } else {
                blank(count: looking(at: "\\" + fence) ? 2 + hashes : 1)
            }
        }
        index += quote.count + hashes
    }

    private func hashesBeforeQuote() -> Int? {
        var end = index
        while end < source.count, source[end] == "#" { end += 1 }
        return end < source.count && source[end] == "\"" ? end - index : nil
    }

    private func looking(at text: String) -> Bool {
        let text = Array(text)
        return index + text.count <= source.count && source[index..<(index + text.count)].elementsEqual(text)
    }

    private mutating func blank(while condition: (SwiftCode) -> Bool) {
        while index < source.count, condition(self) { blank(count: 1) }
    }

    private mutating func blank(count: Int) {
        for _ in 0..<count where index < source.count {
            if source[index] != "\n" { code[index] = " " }
            index += 1
        }
    }
}
