import Domain
import GRDB

/// What a rebuild has found.
package struct RebuildReport: Sendable {
    /// Of the comparison.
    package let position: Int
    package let seconds: Double
    /// Rows in which the live read models differed from the ones made anew; none when all is well.
    package let differences: [RowDifference]
    package let digest: String
    /// The number of the file that serves now.
    package let file: Int
}

/// One row that two generations of the read models do not share.
package struct RowDifference: Equatable, Sendable {
    package enum Side: String, Sendable { case onlyLive = "only_live", onlyRebuilt = "only_rebuilt" }

    package let table: String, side: Side
    /// The row's columns as text.
    package let row: [String]
}

/// Compares two generations of the read models row by row.
enum RowDiff {
    static let differencesMax = 100

    static func compare(live: Database, with rebuilt: ReadModelsFile) throws -> [RowDifference] {
        try rebuilt.writer.read { other in
            var differences: [RowDifference] = []
            for table in ReadModelsFile.comparedTables where differences.count < differencesMax {
                differences += try compare(table, live, other)
            }
            return Array(differences.prefix(differencesMax))
        }
    }

    private static func compare(_ table: String, _ live: Database, _ rebuilt: Database) throws -> [RowDifference] {
        let key = try live.primaryKey(table).columns
        let sql = "SELECT * FROM \(table) ORDER BY \(key.joined(separator: ", "))"
        let left = try Row.fetchCursor(live, sql: sql), right = try Row.fetchCursor(rebuilt, sql: sql)
        var differences: [RowDifference] = []
        var a = try left.next()?.copy(), b = try right.next()?.copy()
        while a != nil || b != nil, differences.count < differencesMax {
            if let both = a, both == b {
                a = try left.next()?.copy()
                b = try right.next()?.copy()
                continue
            }
            let order = keyOrder(a, b, key)
            if order <= 0, let row = a {
                differences.append(RowDifference(table: table, side: .onlyLive, row: text(row)))
                a = try left.next()?.copy()
            }
            if order >= 0, let row = b {
                differences.append(RowDifference(table: table, side: .onlyRebuilt, row: text(row)))
                b = try right.next()?.copy()
            }
        }
        return differences
    }

    /// Negative when the first row comes first; a missing row comes last.
    private static func keyOrder(_ a: Row?, _ b: Row?, _ columns: [String]) -> Int {
        guard let a else { return 1 }
        guard let b else { return -1 }
        for column in columns {
            let left: DatabaseValue = a[column], right: DatabaseValue = b[column]
            if left == right { continue }
            if let left = Int.fromDatabaseValue(left), let right = Int.fromDatabaseValue(right) {
                return left < right ? -1 : 1
            }
            let texts = (String.fromDatabaseValue(left) ?? "", String.fromDatabaseValue(right) ?? "")
            return Array(texts.0.utf8).lexicographicallyPrecedes(Array(texts.1.utf8)) ? -1 : 1
        }
        return 0
    }

    private static func text(_ row: Row) -> [String] {
        row.map { column, value in "\(column)=\(value.isNull ? "NULL" : value.description)" }
    }
}
