import Domain
import TestTools

extension SeededRandom {
    /// Text with everything in it that is hard on a JSON writer.
    mutating func text(lengthMax: Int) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...lengthMax, using: &self) { text.append(scalar()) }
        return String(text)
    }

    private mutating func scalar() -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0x00...0x1F, 0x20...0x7F, 0x20...0x7F, 0x22...0x22, 0x5C...0x5C, 0x2F...0x2F, 0x80...0x7FF, 0x300...0x36F,
            0x2028...0x2029, 0x800...0xD7FF, 0xE000...0xFFFF, 0x1_0000...0x10_FFFF,
        ]
        return Unicode.Scalar(UInt32.random(in: pick(ranges), using: &self)) ?? "?"
    }

    mutating func json(depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: .null
        case 1: .bool(chance(50))
        case 2: .integer(Int.random(in: -1_000_000...1_000_000, using: &self))
        case 3: .number(pick(["0.5", "-1e3", "1.25E+2", "3.0", "-0", "1e-2", "9007199254740991"]))
        case 4: .string(text(lengthMax: 12))
        case 5: .array((0..<Int.random(in: 0...4, using: &self)).map { _ in json(depth: depth - 1) })
        default:
            .object(
                (0..<Int.random(in: 0...4, using: &self)).map {
                    JSON.Member("\($0)\(text(lengthMax: 4))", json(depth: depth - 1))
                })
        }
    }

    mutating func timestamp() -> Timestamp {
        Timestamp(
            microseconds: Int.random(
                in: Timestamp.earliest.microseconds...Timestamp.latest.microseconds, using: &self))
    }
}
