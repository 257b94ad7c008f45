import Foundation

/// graphql-js, the reference implementation, as Debian's package node-graphql installs it.
package struct GraphQLLibrary: Sendable {
    package static let debianFolder = "/usr/share/nodejs/graphql"

    /// The library is not there.
    package struct Missing: Error, CustomStringConvertible {
        let folder: String

        package var description: String {
            "GraphQL needs graphql-js, which is not in \(folder): apt-get install node-graphql, then start again"
        }
    }

    /// The library's name for whoever imports it.
    static let specifier = "graphql"
    private let folder: String

    package init(folder: String = debianFolder) throws(Missing) {
        guard FileManager.default.isReadableFile(atPath: folder + "/index.mjs") else { throw Missing(folder: folder) }
        self.folder = folder
    }

    /// A module's place below the folder; nil for what leads out of it.
    func path(of specifier: String, importedBy referrer: String) -> String? {
        guard specifier != Self.specifier else { return "index.mjs" }
        var parts = referrer.split(separator: "/").dropLast().map(String.init)
        for part in specifier.split(separator: "/") {
            switch part {
            case ".": break
            case "..": if parts.popLast() == nil { return nil }
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }

    func source(of path: String) -> String? {
        try? String(contentsOfFile: folder + "/" + path, encoding: .utf8)
    }
}
