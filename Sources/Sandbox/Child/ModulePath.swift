/// Where a relative import leads, inside the bundle.
enum ModulePath {
    /// nil when it is not relative, or leads out of the bundle.
    static func resolve(_ specifier: String, importedBy referrer: String) -> String? {
        guard specifier.hasPrefix("./") || specifier.hasPrefix("../") else { return nil }
        var parts = referrer.split(separator: "/").dropLast()
        for part in specifier.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
