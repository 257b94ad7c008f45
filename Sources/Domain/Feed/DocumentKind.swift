/// What sort of document it is: the name under which it travels, also one that only a newer program knows.
///
/// Whoever does not know a kind keeps its documents and counts them in the digest, and makes no use of them. So servers
/// can learn new kinds before their workers do.
package struct DocumentKind: Hashable, Sendable, RawRepresentable {
    package let rawValue: String

    package static let account = DocumentKind(.account), provider = DocumentKind(.provider)
    package static let bot = DocumentKind(.bot), botModule = DocumentKind(.botModule)
    package static let `extension` = DocumentKind(.extension), extensionInstall = DocumentKind(.extensionInstall)
    package static let guild = DocumentKind(.guild), botCommand = DocumentKind(.botCommand)

    /// What this program makes documents of, in the order of `Category.allCases`.
    package static let known = Category.allCases.map { DocumentKind($0) }

    package static let pattern = "^[a-z][a-z0-9_]{0,63}$"

    package init(_ category: Category) {
        rawValue = category.rawValue
    }

    /// nil when no program, however new, would send it.
    package init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...64).contains(bytes.count), bytes.first.map(Self.isLetter) == true,
            bytes.allSatisfy({ Self.isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        // A known name is not kept once for every document.
        self = Category(rawValue: rawValue).map { DocumentKind($0) } ?? DocumentKind(unknown: rawValue)
    }

    private init(unknown name: String) {
        rawValue = name
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

    /// nil when it is unknown here.
    package var category: Category? { Category(rawValue: rawValue) }
}

extension StoredObject {
    /// - Throws: `StoredObject.Unreadable`.
    func kind() throws -> DocumentKind {
        let name = try require("kind", StoredObject.string)
        guard let kind = DocumentKind(rawValue: name) else { throw Unreadable("\(name) cannot be a kind") }
        return kind
    }
}
