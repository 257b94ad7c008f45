/// A function, initialiser or subscript in a file, by its lines.
struct FunctionSpan: Equatable {
    let firstLine: Int, lastLine: Int

    var lineCount: Int { lastLine - firstLine + 1 }
}

/// Finds the functions of a Swift file by counting brackets; functions within functions are found too.
enum FunctionScanner {
    static func functions(in source: String) -> [FunctionSpan] {
        let code = Array(SwiftCode.blanked(source))
        var line = 1
        var spans: [FunctionSpan] = []
        for index in code.indices {
            if code[index] == "\n" { line += 1 }
            guard startsFunction(code, at: index), let body = body(of: code, from: index) else { continue }
            let last = line + code[index...body].count { $0 == "\n" }
            spans.append(FunctionSpan(firstLine: line, lastLine: last))
        }
        return spans
    }

    private static func startsFunction(_ code: [Character], at index: Int) -> Bool {
        ["func", "init", "deinit", "subscript"].contains { word in isWord(word, code, at: index) }
    }

    private static func isWord(_ word: String, _ code: [Character], at index: Int) -> Bool {
        guard code[index] == word.first else { return false }
        let end = index + word.count
        guard end <= code.count, code[index..<end].elementsEqual(word) else { return false }
        // `.init(…)` and `self.init(…)` are calls.
        let before = index > 0 ? code[index - 1] : " ", after = end < code.count ? code[end] : " "
        return !isPartOfName(before) && before != "." && !isPartOfName(after)
    }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// The index of the body's closing brace; nil for a requirement of a protocol, which has none.
    private static func body(of code: [Character], from start: Int) -> Int? {
        var parentheses = 0, braces = 0
        for index in start..<code.count {
            switch code[index] {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{" where parentheses == 0 || braces > 0: braces += 1
            case "}" where braces > 0:
                braces -= 1
                if braces == 0 { return index }
            case "}" where parentheses == 0: return nil
            default:
                if braces == 0, parentheses == 0, index > start, startsDeclaration(code, at: index) { return nil }
            }
        }
        return nil
    }

    private static func startsDeclaration(_ code: [Character], at index: Int) -> Bool {
        ["func", "init", "deinit", "subscript", "var", "let", "case", "struct", "enum", "class", "extension"]
            .contains { isWord($0, code, at: index) }
    }
}
