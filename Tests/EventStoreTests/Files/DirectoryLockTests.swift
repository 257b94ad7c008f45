import EventStore
import Foundation
import Testing
import TestTools

@Suite("The lock of a directory")
struct DirectoryLockTests {
    private func lock(_ directory: TemporaryDirectory, _ holder: String) throws -> DirectoryLock {
        try DirectoryLock(directory: directory.path, holder: holder)
    }

    @Test func `is refused to everybody but the first, who is named`() throws {
        let directory = try TemporaryDirectory()
        let first = try lock(directory, "botcontrol serve, process 42")
        for _ in 0..<3 {
            let refusal = JournalError.locked(directory: directory.path, holder: "botcontrol serve, process 42")
            #expect(throws: refusal) { try lock(directory, "another") }
        }
        #expect(DirectoryLock.holder(of: directory.path) == "botcontrol serve, process 42")
        withExtendedLifetime(first) {}
    }

    @Test func `closes no file of somebody else when it is refused`() throws {
        let directory = try TemporaryDirectory()
        let first = try lock(directory, "first")
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            for _ in 0..<200 {
                if number % 2 == 0 {
                    _ = try? lock(directory, "second")
                } else {
                    let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                    #expect(descriptor >= 0 && close(descriptor) == 0)
                }
            }
        }
        #expect(DirectoryLock.holder(of: directory.path) == "first")
        withExtendedLifetime(first) {}
    }

    @Test func `is free again once its holder lets go`() throws {
        let directory = try TemporaryDirectory()
        var first: DirectoryLock? = try lock(directory, "first")
        #expect(first != nil)
        first = nil
        #expect(DirectoryLock.holder(of: directory.path) == nil)
        let second = try lock(directory, "second")
        #expect(DirectoryLock.holder(of: directory.path) == "second")
        withExtendedLifetime(second) {}
    }

    @Test func `is not held by a file that a killed process left behind`() throws {
        let directory = try TemporaryDirectory()
        let left = "botcontrol serve, process 4194304, a very long line\n"
        try left.write(toFile: directory.file(DirectoryLock.fileName), atomically: false, encoding: .utf8)
        let next = try lock(directory, "next")
        #expect(DirectoryLock.holder(of: directory.path) == "next")
        withExtendedLifetime(next) {}
    }

    @Test func `says more once more is known, and less again`() throws {
        let directory = try TemporaryDirectory()
        let lock = try lock(directory, "process 42")
        lock.name("process 42 on http://127.0.0.1:8080")
        #expect(DirectoryLock.holder(of: directory.path) == "process 42 on http://127.0.0.1:8080")
        lock.name("42")
        #expect(DirectoryLock.holder(of: directory.path) == "42")
    }

    @Test func `says why when there is no such directory`() throws {
        #expect(throws: JournalError.self) { try DirectoryLock(directory: "/nonexistent", holder: "x") }
    }
}
