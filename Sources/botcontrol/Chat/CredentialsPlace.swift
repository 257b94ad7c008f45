import Domain
import Foundation

/// Where a worker's credentials are kept.
enum CredentialsPlace: Equatable, Sendable {
    /// One file with a member for each platform.
    case file(String)
    /// A file for each platform, `twitch.json` and so on.
    case directory(String)
    /// Variables such as `BOTCONTROL_TWITCH_TOKEN`.
    case environment

    private static let sizeBytesMax = 1 << 20
    private static let variablePrefix = "BOTCONTROL_"

    init(_ text: String) {
        if text == "env" {
            self = .environment
            return
        }
        var isDirectory: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: text, isDirectory: &isDirectory)
        self = isThere && isDirectory.boolValue ? .directory(text) : .file(text)
    }

    /// What people call it.
    var name: String {
        switch self {
        case .file(let path), .directory(let path): "--credentials \(path)"
        case .environment: "--credentials env"
        }
    }

    /// The file that holds a platform's entry; nil in the environment.
    func file(of platform: Platform) -> String? {
        switch self {
        case .file(let path): path
        case .directory(let path): "\(path)/\(platform.rawValue).json"
        case .environment: nil
        }
    }

    /// Changes when somebody changes what is kept.
    var stamp: [String] {
        files.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return "\(path): none" }
            return "\(path): \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
    }

    private var files: [String] {
        switch self {
        case .file(let path): [path]
        case .directory: Platform.allCases.compactMap { file(of: $0) }
        case .environment: []
        }
    }

    /// All entries, as one object.
    ///
    /// - Throws: `CommandFailure` that says what to do, and shows nothing of it.
    func read() throws -> JSON {
        switch self {
        case .file(let path): return try Self.read(path)
        case .directory(let path):
            let there = Platform.allCases.filter {
                FileManager.default.fileExists(atPath: "\(path)/\($0.rawValue).json")
            }
            guard !there.isEmpty else {
                let names = Platform.allCases.map { "\($0.rawValue).json" }.joined(separator: ", ")
                throw CommandFailure.usage("\(name) holds none of \(names)")
            }
            return .object(try there.map { .init($0.rawValue, try Self.read("\(path)/\($0.rawValue).json")) })
        case .environment: return try Self.variables(ProcessInfo.processInfo.environment)
        }
    }

    static func read(_ path: String) throws -> JSON {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure.cannotRun("--credentials \(path) cannot be read: is it there, and yours?")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            throw CommandFailure.cannotRun("--credentials \(path) can be read by others: chmod 600 \(path)")
        }
        guard bytes.count <= sizeBytesMax else {
            throw CommandFailure.usage("--credentials \(path) has more than \(sizeBytesMax) bytes")
        }
        do {
            return try JSONParser.parse(Array(bytes))
        } catch {
            throw CommandFailure.usage("--credentials \(path) is not JSON: \(error)")
        }
    }

    /// `BOTCONTROL_<PLATFORM>_<MEMBER>`; lists are written with commas.
    static func variables(_ environment: [String: String]) throws -> JSON {
        var platforms: [JSON.Member] = []
        for platform in Platform.allCases {
            let prefix = variablePrefix + platform.rawValue.uppercased() + "_"
            let members = environment.filter { $0.key.hasPrefix(prefix) && !$0.value.isEmpty }.map { name, value in
                member(String(name.dropFirst(prefix.count)).lowercased(), value)
            }
            if !members.isEmpty { platforms.append(.init(platform.rawValue, .object(members))) }
        }
        guard !platforms.isEmpty else {
            throw CommandFailure.usage(
                "--credentials env: no platform is named: set for example \(variablePrefix)TWITCH_TOKEN")
        }
        return .object(platforms)
    }

    private static func member(_ name: String, _ value: String) -> JSON.Member {
        switch name {
        case "vip_roles", "subscriber_roles":
            .init(name, .array(value.split(separator: ",").map { .string($0.trimmingCharacters(in: .whitespaces)) }))
        case "quota_units": .init(name, Int(value).map { .integer($0) } ?? .string(value))
        default: .init(name, .string(value))
        }
    }
}
