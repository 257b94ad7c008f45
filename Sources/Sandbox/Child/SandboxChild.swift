import CSandbox
import Domain
import Foundation
import JavaScript

/// The program of a child process: `botcontrol sandbox`. It opens what it needs, gives up everything else, and serves
/// its parent until that goes.
package enum SandboxChild {
    /// As the only thing that this process does.
    /// - Parameter arguments: `snapshot` makes the snapshot that the others start from, and ends.
    package static func run(arguments: [String] = []) -> Never {
        // V8 wants more stack than a main thread may have.
        let thread = Thread {
            if arguments.contains("snapshot") { makeSnapshot() }
            serve()
        }
        thread.stackSize = IsolateThread.stackBytes
        thread.name = "isolates"
        // Without filters the network is left, which a process can only do while it has one thread.
        let grants = csandbox_has_filters() ? 0 : csandbox_leave_network()
        networkGrant = UInt64(grants)
        // V8 asks for it once; there is no file of time zones later.
        setenv("TZ", "UTC", 1)
        thread.start()
        while true { sleep(UInt32.max) }
    }

    // Written before the second thread starts.
    private nonisolated(unsafe) static var networkGrant: UInt64 = 0

    private static func startEngine() throws {
        try JavaScriptEngine.start(.untrusted, moreFlags: flags) { outOfMemory in
            (outOfMemory ? SandboxExit.memory : .engine).leave()
        }
    }

    /// What was compiled in the snapshot stays compiled.
    package static let flags = ["--single-threaded-gc", "--no-flush-bytecode"]

    package static func isolateLimits(_ limits: SandboxLimits) -> Isolate.Limits {
        var isolateLimits = Isolate.Limits()
        isolateLimits.heapBytes = limits.heapBytes
        isolateLimits.bufferBytes = limits.bufferBytes
        isolateLimits.resultBytes = limits.resultBytes
        isolateLimits.hidesStacks = true
        return isolateLimits
    }

    private static func makeSnapshot() -> Never {
        do {
            try startEngine()
            let snapshot = try Snapshot.make(script: AuthorModule.source, warmUp: AuthorModule.warmUp)
            var sent = 0
            while sent < snapshot.bytes.count {
                let count = write(
                    CSANDBOX_SOCKET, snapshot.bytes.baseAddress?.advanced(by: sent), snapshot.bytes.count - sent)
                guard count > 0 else { SandboxExit.broken.leave() }
                sent += count
            }
            SandboxExit.done.leave()
        } catch {
            FileHandle.standardError.write(Data("botcontrol sandbox: \(error)\n".utf8))
            SandboxExit.broken.leave()
        }
    }

    private static func serve() -> Never {
        var socket = ChildSocket(CSANDBOX_SOCKET)
        do {
            try startEngine()
            let snapshot = try mappedSnapshot()
            guard socket.receive(.forever), let frame = socket.next(),
                case .setUp(let limits) = SandboxRequest(frame)
            else { SandboxExit.broken.leave() }
            let server = ChildServer(socket, snapshot: snapshot, board: try mappedBoard(), limits: limits)
            let grants = UInt64(csandbox_confine(limits.addressBytes)) | networkGrant
            server.serve(grants: grants)
        } catch {
            SandboxReply.broken("\(error)").write(to: &socket.output)
            socket.flush()
            SandboxExit.broken.leave()
        }
    }

    private struct Unmapped: Error, CustomStringConvertible {
        let description: String
    }

    private static func mappedSnapshot() throws -> Snapshot {
        var status = stat()
        guard fstat(CSANDBOX_SNAPSHOT, &status) == 0, status.st_size > 0,
            let bytes = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, CSANDBOX_SNAPSHOT, 0),
            bytes != MAP_FAILED
        else { throw Unmapped(description: "the snapshot cannot be read: start it through a sandbox only") }
        let raw = UnsafeRawBufferPointer(start: bytes, count: Int(status.st_size))
        return Snapshot(raw.bindMemory(to: UInt8.self))
    }

    private static func mappedBoard() throws -> UnsafeMutablePointer<csandbox_board> {
        let length = Int(sysconf(Int32(_SC_PAGESIZE)))
        guard let page = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, CSANDBOX_BOARD, 0), page != MAP_FAILED
        else { throw Unmapped(description: "the board cannot be read: start it through a sandbox only") }
        return page.bindMemory(to: csandbox_board.self, capacity: 1)
    }
}
