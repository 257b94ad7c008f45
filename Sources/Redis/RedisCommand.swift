/// One command with its arguments, written as it travels (RESP): any bytes, and no copy for each argument.
package struct RedisCommand: Sendable {
    private var arguments: [UInt8] = []
    private var count = 0

    /// - Parameter words: the name and the first arguments.
    package init(_ words: String...) {
        for word in words { append(word) }
    }

    package mutating func append(_ text: String) {
        append(text.utf8)
    }

    package mutating func append(_ number: Int) {
        append(String(number).utf8)
    }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        count += 1
        header("$", bytes.count)
        arguments.append(contentsOf: bytes)
        arguments.append(contentsOf: [13, 10])
    }

    /// How much it holds by now.
    package var sizeBytes: Int { arguments.count }

    /// How many arguments it has by now, its name included.
    package var argumentCount: Int { count }

    func withWireBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        Array("*\(count)\r\n".utf8).withUnsafeBufferPointer(body)
        arguments.withUnsafeBufferPointer(body)
    }

    private mutating func header(_ sign: Unicode.Scalar, _ number: Int) {
        arguments.append(UInt8(ascii: sign))
        arguments.append(contentsOf: String(number).utf8)
        arguments.append(contentsOf: [13, 10])
    }
}

extension RedisCommand {
    package func with(_ text: String) -> RedisCommand {
        var command = self
        command.append(text)
        return command
    }

    package func with(_ number: Int) -> RedisCommand {
        var command = self
        command.append(number)
        return command
    }

    package func with(_ bytes: [UInt8]) -> RedisCommand {
        var command = self
        command.append(bytes)
        return command
    }
}
