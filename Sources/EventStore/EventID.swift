/// An event's identity: a UUID of version 7 (RFC 9562, section 5.7), so that ids are stored in the order of time.
package struct EventID: Hashable, Sendable, CustomStringConvertible {
    package let bytes: SIMD16<UInt8>

    package init(bytes: SIMD16<UInt8>) {
        self.bytes = bytes
    }

    /// - Parameters:
    ///   - milliseconds: since 1970 UTC.
    ///   - sequence: 12 bits that grow within one millisecond.
    ///   - random: 62 bits are taken.
    init(milliseconds: UInt64, sequence: UInt16, random: UInt64) {
        let high = milliseconds << 16 | 0x7000 | UInt64(sequence & 0x0FFF)
        let low = 0x8000_0000_0000_0000 | random >> 2
        bytes = unsafeBitCast(SIMD2(high.bigEndian, low.bigEndian), to: SIMD16<UInt8>.self)
    }

    /// A fresh one, for things that are no events but want names in the order of time, as commands do.
    package static func random(microseconds: Int) -> EventID {
        EventID(
            milliseconds: UInt64(microseconds / 1000), sequence: UInt16(truncatingIfNeeded: microseconds % 1000 << 2),
            random: RandomBits.next())
    }

    package var description: String {
        String(decoding: TextCursor.bytes(max: 36) { $0.append(self) }, as: UTF8.self)
    }
}

extension EventID: Comparable {
    /// In the order of time.
    package static func < (one: EventID, other: EventID) -> Bool {
        let one = unsafeBitCast(one.bytes, to: SIMD2<UInt64>.self)
        let other = unsafeBitCast(other.bytes, to: SIMD2<UInt64>.self)
        return (one[0].bigEndian, one[1].bigEndian) < (other[0].bigEndian, other[1].bigEndian)
    }
}

/// Makes ids that grow strictly, whatever the clock does.
struct EventIDGenerator {
    private var milliseconds: UInt64 = 0
    private var sequence: UInt16 = 0
    private var random = RandomBits()

    /// - Parameter last: the newest id that there is; the clock may have gone back since it was made.
    init(after last: EventID? = nil) {
        guard let last else { return }
        milliseconds = (0..<6).reduce(0) { $0 << 8 | UInt64(last.bytes[$1]) }
        sequence = UInt16(last.bytes[6] & 0x0F) << 8 | UInt16(last.bytes[7])
    }

    mutating func next(microseconds: Int) -> EventID {
        let now = UInt64(microseconds / 1000)
        if now > milliseconds {
            (milliseconds, sequence) = (now, 0)
        } else if sequence == 0x0FFF {
            (milliseconds, sequence) = (milliseconds + 1, 0)
        } else {
            sequence += 1
        }
        return EventID(milliseconds: milliseconds, sequence: sequence, random: random.next())
    }
}
