import Domain

/// Where a file stands in a bundle: relative, with slashes, and nothing that could lead out of it.
enum BundlePath {
    static let lengthMax = 200
    static let depthMax = 8

    /// What speaks against a path; nil when nothing does.
    static func objection(to path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...lengthMax).contains(path.utf8.count) else { return "must have 1 to \(lengthMax) characters" }
        guard parts.count <= depthMax else { return "lies too deep: at most \(depthMax - 1) folders" }
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            return "must be relative to the bundle, as lib/points.js: without /, . or .. as a part"
        }
        guard path.utf8.allSatisfy(isAllowed) else { return "may hold A-Z a-z 0-9 . _ - and / alone" }
        return nil
    }

    static func isModule(_ path: String) -> Bool { path.hasSuffix(".js") || path.hasSuffix(".mjs") }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
