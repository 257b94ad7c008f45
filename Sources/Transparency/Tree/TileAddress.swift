/// Where a tile is: a row of up to 256 nodes of the tree (C2SP tlog-tiles).
///
/// At level 0 the nodes are leaves; above, each is the root over a full tile of the level below.
package struct TileAddress: Hashable, Sendable {
    /// Nodes in a full tile.
    package static let nodesMax = 256
    package static let levelMax = 7

    package let level: Int, index: Int
    /// 256 for a full tile.
    package let width: Int

    package init(level: Int, index: Int, width: Int = Self.nodesMax) {
        (self.level, self.index, self.width) = (level, index, width)
    }

    /// Reads the path behind `tile/`: `0/x001/x234/067`, or `0/067.p/5` for a partial one. One tile has one path.
    package init?(level: Substring, index path: Substring) {
        guard let level = Self.number(level), level <= Self.levelMax else { return nil }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        var width = Self.nodesMax
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
            guard let count = Self.number(parts.removeLast()), (1..<Self.nodesMax).contains(count) else { return nil }
            width = count
            parts[parts.count - 1].removeLast(2)
        }
        guard let index = Self.index(parts) else { return nil }
        self.init(level: level, index: index, width: width)
    }

    package var path: String {
        "tile/\(level)/\(Self.path(of: index))" + (width == Self.nodesMax ? "" : ".p/\(width)")
    }

    /// How many leaves there must be before the tile can be.
    package var leavesMin: Int? {
        let nodes = index.multipliedReportingOverflow(by: Self.nodesMax)
        let (count, overflow) = (nodes.partialValue + width).multipliedReportingOverflow(by: 1 << (8 * level))
        return nodes.overflow || overflow ? nil : count
    }

    /// `x001/x234/067` for 1234067.
    package static func path(of index: Int) -> String {
        var groups = [padded(index % 1000)]
        var rest = index / 1000
        while rest > 0 {
            groups.insert("x" + padded(rest % 1000), at: 0)
            rest /= 1000
        }
        return groups.joined(separator: "/")
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    private static func index(_ parts: [Substring]) -> Int? {
        // Five groups are a thousand billions of tiles.
        guard (1...5).contains(parts.count) else { return nil }
        var index = 0
        for (offset, part) in parts.enumerated() {
            var digits = part
            if offset < parts.count - 1 {
                guard digits.popFirst() == "x" else { return nil }
            }
            guard digits.utf8.count == 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let group = Int(digits), offset > 0 || parts.count == 1 || group > 0
            else { return nil }
            index = index * 1000 + group
        }
        return index
    }

    /// Decimal without leading zeroes.
    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text == "0" || !text.hasPrefix("0")
        else { return nil }
        return Int(text)
    }
}
