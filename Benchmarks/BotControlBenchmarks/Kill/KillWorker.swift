import Domain
import Foundation

/// A worker process, with chat that comes through a pipe and a Twitch that only counts.
final class KillWorker {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    private let folder = NSTemporaryDirectory() + "/kill-\(UUID().uuidString)"
    private let pipe: Int32

    /// - Parameter sinkPort: where its platform is.
    init(program: String, feed: String, key: String, sinkPort: Int) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let credentials = """
            {"twitch": {"client_id": "c", "token": "t", "user_id": "1", "login": "bench",
              "api": "http://127.0.0.1:\(sinkPort)"}}
            """
        _ = manager.createFile(
            atPath: folder + "/credentials.json", contents: Data(credentials.utf8),
            attributes: [.posixPermissions: 0o600])
        // Of reading and writing: opening it for writing alone would wait for the worker.
        guard mkfifo(folder + "/chat", 0o600) == 0 else { throw Failed(description: "no pipe can be made") }
        pipe = open(folder + "/chat", O_RDWR | O_CLOEXEC)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "worker", "--name", "killed", "--feed", feed, "--credentials", folder + "/credentials.json", "--input",
            folder + "/chat",
        ]
        // Where other users of the machine cannot read it.
        process.environment = ProcessInfo.processInfo.environment.merging(["BOTCONTROL_TOKEN": key]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Somebody says something in the room of the round.
    func say(_ line: Int, in round: Int, of account: String) throws {
        let text = """
            {"platform":"twitch","account_id":"\(account)","channel_id":"\(round)","message_id":"\(round)-\(line)",\
            "user":{"id":"7","login":"ada","name":"Ada"},"text":"hello","sent_at":"\(WallClock.system.now)"}

            """
        let bytes = Array(text.utf8)
        guard write(pipe, bytes, bytes.count) == bytes.count else { throw Failed(description: "the pipe is full") }
    }

    func end() {
        process.terminate()
        process.waitUntilExit()
        close(pipe)
        try? FileManager.default.removeItem(atPath: folder)
    }
}
