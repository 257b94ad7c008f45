/// The targets of `Package.swift`, read from its text.
struct PackageManifest {
    struct Target: Equatable {
        let name: String, path: String?, isTest: Bool
        /// Targets of our own, and products of others.
        let own: Set<String>, foreign: Set<String>

        var folder: String { path ?? (isTest ? "Tests/\(name)" : "Sources/\(name)") }
        /// Tests, and the programs that only tests run.
        var servesTests: Bool { isTest || folder.hasPrefix("Tests/") }
    }

    let targets: [Target]

    init(_ text: String) throws {
        let products = try Self.products(in: text)
        targets = try text.matches(of: Regex(#"\.(target|executableTarget|testTarget|systemLibrary)\("#)).map { match in
            let call = Self.balanced(text[match.range.upperBound...], "(", ")")
            return try Self.target(call, isTest: text[match.range].contains("test"), products: products)
        }
    }

    /// `let grdb: Target.Dependency = .product(name: "GRDB", …)` by its name here.
    private static func products(in text: String) throws -> [String: String] {
        let pattern = try Regex(#"let (\w+): Target\.Dependency = \.product\(name: "(\w+)""#)
        return Dictionary(
            text.matches(of: pattern).map { (group($0, 1), group($0, 2)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func target(_ call: String, isTest: Bool, products: [String: String]) throws -> Target {
        let start = try call.firstMatch(of: Regex(#"dependencies: \["#))
        var list = start.map { balanced(call[$0.range.upperBound...], "[", "]") } ?? ""
        let inline = try Regex(#"\.product\(name: "(\w+)"[^)]*\)"#)
        var foreign = Set(list.matches(of: inline).map { group($0, 1) })
        list = list.replacing(inline, with: "")
        let own = Set(list.matches(of: try Regex(#""(\w+)""#)).map { group($0, 1) })
        list = list.replacing(try Regex(#""\w+""#), with: "")
        foreign.formUnion(list.matches(of: try Regex(#"(\w+)"#)).map { products[group($0, 1)] ?? group($0, 1) })
        return Target(
            name: try call.firstMatch(of: Regex(#"name: "(\w+)""#)).map { group($0, 1) } ?? "",
            path: try call.firstMatch(of: Regex(#"[ (]path: "([^"]+)""#)).map { group($0, 1) }, isTest: isTest,
            own: own, foreign: foreign)
    }

    private static func group(_ match: Regex<AnyRegexOutput>.Match, _ index: Int) -> String {
        match.output[index].substring.map(String.init) ?? ""
    }

    /// The text up to the bracket that closes the one before it.
    private static func balanced(_ text: Substring, _ open: Character, _ close: Character) -> String {
        var depth = 1
        let end = text.firstIndex { character in
            if character == open { depth += 1 }
            if character == close { depth -= 1 }
            return depth == 0
        }
        return String(text[..<(end ?? text.endIndex)])
    }
}
