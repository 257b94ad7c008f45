import ArgumentParser
import EventStore
import Foundation

/// Why a subcommand ends without having done its work: one sentence that says what to do, and the exit code.
struct CommandFailure: Error {
    let message: String, code: Int32

    /// 1: the check that was asked for has found a problem.
    static func problem(_ message: String) -> CommandFailure { CommandFailure(message: message, code: 1) }

    /// 2: the command line makes no sense.
    static func usage(_ message: String) -> CommandFailure { CommandFailure(message: message, code: 2) }

    /// 3: it cannot run as things are.
    static func cannotRun(_ message: String) -> CommandFailure { CommandFailure(message: message, code: 3) }

    func exit() -> Never {
        StandardError.write("botcontrol: \(message)")
        Foundation.exit(code)
    }
}

/// Errors of the inside as failures of the command line.
func runOrFail<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let failure as CommandFailure {
        throw failure
    } catch {
        throw CommandFailure.cannotRun("\(error)")
    }
}

/// Options that every subcommand on a data directory has.
struct DataDirectory: ParsableArguments {
    @Option(help: "The data directory.")
    var data: String

    /// - Throws: when there is no journal in it.
    func requireJournal() throws {
        guard FileManager.default.fileExists(atPath: data + "/" + Journal.fileName) else {
            throw CommandFailure.cannotRun(
                "\(data) holds no journal: name a data directory that botcontrol serve has made")
        }
    }

    /// Whether some process has the directory in use.
    var isHeld: Bool {
        do {
            _ = try DirectoryLock(directory: data, holder: "botcontrol (asking)")
            return false
        } catch {
            return true
        }
    }

    /// The address of the server that holds the directory; nil when none does.
    func runningServer() -> URL? {
        guard (try? DirectoryLock(directory: data, holder: "botcontrol (asking)")) == nil,
            let holder = DirectoryLock.holder(of: data), let start = holder.range(of: "at http://"),
            let end = holder[start.upperBound...].firstIndex(of: " ")
        else { return nil }
        return URL(string: "http://" + holder[start.upperBound..<end])
    }
}
