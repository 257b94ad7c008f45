/// The table `| Target | One line | May import |` of a Markdown text.
struct TargetTable {
    struct Row: Equatable {
        let target: String, summary: String, mayImport: Set<String>
    }

    let rows: [Row]

    init(markdown: String) {
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
        let header = lines.firstIndex { $0.hasPrefix("| Target | One line | May import |") } ?? lines.endIndex
        rows = lines[header...].dropFirst(2).prefix { $0.hasPrefix("|") }.compactMap(Self.row)
    }

    subscript(_ target: String) -> Row? { rows.first { $0.target == target } }

    private static func row(_ line: Substring) -> Row? {
        let cells = line.split(separator: "|").map { $0.trimming(" ") }
        guard cells.count == 3 else { return nil }
        let names = cells[2] == "–" ? [] : cells[2].split(separator: ",").map { $0.trimming(" `") }
        return Row(target: cells[0].trimming("`"), summary: cells[1], mayImport: Set(names))
    }
}

extension StringProtocol {
    func trimming(_ characters: String) -> String {
        let inner = drop { characters.contains($0) }
        return String(inner.reversed().drop { characters.contains($0) }.reversed())
    }
}
