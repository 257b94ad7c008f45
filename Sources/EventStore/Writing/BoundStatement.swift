import GRDB
import GRDBSQLite

/// A prepared statement with its parameters bound by hand: in every append, GRDB's arguments would cost a quarter.
package struct BoundStatement {
    let pointer: OpaquePointer

    /// SQLite reads what is bound before the caller's memory goes away: every statement is stepped and reset at once.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// A statement of GRDB's, which must outlive it.
    package init(_ statement: Statement) {
        pointer = statement.sqliteStatement
    }

    package func bind(_ index: Int32, _ value: Int) {
        sqlite3_bind_int64(pointer, index, Int64(value))
    }

    package func bind(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 { bind(index, textBytes: $0) }
    }

    package func bind(_ index: Int32, text value: [UInt8]) {
        value.withUnsafeBufferPointer { bind(index, textBytes: $0) }
    }

    private func bind(_ index: Int32, textBytes: UnsafeBufferPointer<UInt8>) {
        // A null pointer would bind NULL, not an empty text.
        guard let start = textBytes.baseAddress else { return bind(index, "\0", count: 0) }
        start.withMemoryRebound(to: CChar.self, capacity: textBytes.count) { start in
            _ = sqlite3_bind_text(pointer, index, start, Int32(textBytes.count), Self.copied)
        }
    }

    private func bind(_ index: Int32, _ text: StaticString, count: Int32) {
        text.utf8Start.withMemoryRebound(to: CChar.self, capacity: 1) { start in
            _ = sqlite3_bind_text(pointer, index, start, count, Self.copied)
        }
    }

    /// Not copied: the caller keeps the memory until the statement has been stepped.
    func bind(_ index: Int32, lentText value: UnsafeBufferPointer<UInt8>) {
        guard let start = value.baseAddress else { return bind(index, textBytes: value) }
        start.withMemoryRebound(to: CChar.self, capacity: value.count) { start in
            _ = sqlite3_bind_text(pointer, index, start, Int32(value.count), nil)
        }
    }

    func bind(_ index: Int32, blob value: [UInt8]) {
        guard !value.isEmpty else { return _ = sqlite3_bind_zeroblob(pointer, index, 0) }
        value.withUnsafeBytes { bind(index, blobBytes: $0) }
    }

    func bind<Vector>(_ index: Int32, blob value: Vector) where Vector: SIMD {
        withUnsafeBytes(of: value) { bind(index, blobBytes: $0) }
    }

    private func bind(_ index: Int32, blobBytes: UnsafeRawBufferPointer) {
        sqlite3_bind_blob(pointer, index, blobBytes.baseAddress, Int32(blobBytes.count), Self.copied)
    }

    package func bindNull(_ index: Int32) {
        sqlite3_bind_null(pointer, index)
    }

    /// True when there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = sqlite3_db_handle(pointer).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    package func reset() {
        sqlite3_reset(pointer)
    }

    /// Runs a statement that yields no rows; its parameters stay bound.
    package func run() throws {
        defer { reset() }
        _ = try step()
    }

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(pointer, column)) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }
}
