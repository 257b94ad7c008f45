import CSandbox
import Foundation

/// How child processes are started.
package struct ChildLaunch: Sendable {
    /// The program, and what it is called with: it ends up in `SandboxChild.run`.
    package var executable: String, arguments: [String]

    package init(executable: String, arguments: [String] = []) {
        (self.executable, self.arguments) = (executable, arguments)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ code: Int32) {
            description = "\(what): \(String(cString: strerror(code)))"
        }

        init(_ description: String) {
            self.description = description
        }
    }

    /// - Parameters: descriptors that the child gets; they stay open here. -1 is none.
    func start(more: [String] = [], socket: Int32, board: Int32 = -1, snapshot: Int32 = -1) throws(Failure) -> pid_t {
        var arguments: [UnsafeMutablePointer<CChar>?] = ([executable] + self.arguments + more).map { strdup($0) }
        arguments.append(nil)
        defer { arguments.forEach { free($0) } }
        let pid = csandbox_spawn(executable, arguments, socket, board, snapshot)
        guard pid > 0 else { throw Failure("\(executable) cannot be started", -pid) }
        return pid
    }

    /// Lets a child make the snapshot that all others start from. It runs nobody's code but our own.
    func makeSnapshot() throws(Failure) -> Int32 {
        let descriptor = csandbox_memory_file("snapshot", 0)
        guard descriptor >= 0 else { throw Failure("no memory for the snapshot", -descriptor) }
        do throws(Failure) {
            let status = Self.wait(for: try start(more: ["snapshot"], socket: descriptor))
            guard status == 0 else {
                throw Failure("\(executable) made no snapshot, and ended with status \(status): it says why above")
            }
            let sealed = csandbox_seal(descriptor)
            guard sealed == 0 else { throw Failure("the snapshot cannot be sealed", -sealed) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// - Returns: the exit code, or the negative number of the signal.
    static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : -signal
    }
}
