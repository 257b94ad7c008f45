import Foundation

/// The real `botcontrol`, as it was built beside these tests.
enum Program {
    static let path: String = {
        let start = Bundle.main.bundleURL.path.isEmpty ? CommandLine.arguments[0] : Bundle.main.bundleURL.path
        var folder = URL(fileURLWithPath: start)
        for _ in 0..<6 {
            let candidate = folder.appendingPathComponent("botcontrol").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return "botcontrol"
    }()

    struct Outcome {
        let status: Int32, output: String, errors: String
    }

    /// Runs a subcommand to its end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        let process = Process(), output = Pipe(), errors = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: text, errors: complaints)
    }
}

/// A folder that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "/botcontrol-system-" + UUID().uuidString
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
