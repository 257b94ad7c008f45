import Domain
import Runtime
import Testing

@Suite("How often a command was used")
struct CommandUsesTests {
    let directory = try! TestDirectory()

    private func use(_ name: String, in account: String = "acct_1") -> CommandUse {
        CommandUse(CommandName(stored: name), in: AccountID(stored: account))
    }

    @Test func `is counted for each command of an account, and is there after a restart`() throws {
        var store = try directory.open()
        #expect(try store.count(use("so")) == 1)
        #expect(try store.count(use("so")) == 2)
        #expect(try store.count(use("hi")) == 1)
        #expect(try store.count(use("so", in: "acct_2")) == 1)
        store = try directory.reopen(store)
        #expect(try store.count(use("so")) == 3)
    }

    @Test func `is there when the server was killed`() throws {
        let store = try directory.open()
        for number in 1...50 { #expect(try store.count(use("so")) == number) }
        #expect(try directory.copy().count(use("so")) == 51)
    }
}
