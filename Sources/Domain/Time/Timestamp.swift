/// A moment in microseconds since 1970-01-01 UTC, the journal's resolution; read and written as RFC 3339.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int

    /// 0000-01-01T00:00:00.000000Z: RFC 3339 has no earlier moment.
    package static let earliest = Timestamp(microseconds: -62_167_219_200_000_000)
    /// 9999-12-31T23:59:59.999999Z: RFC 3339 has no later moment.
    package static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

    package init(microseconds: Int) {
        self.microseconds = microseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    package func adding(seconds: Double) -> Timestamp {
        Timestamp(microseconds: microseconds + Int(seconds * 1_000_000))
    }

    /// Seconds from the other moment to this one.
    package func seconds(since other: Timestamp) -> Double {
        Double(microseconds - other.microseconds) / 1_000_000
    }
}

extension Timestamp: CustomStringConvertible {
    /// As in `2026-11-21T02:25:50.000000Z`: always UTC, always six digits. What RFC 3339 cannot say is said as the
    /// nearest moment that it can.
    package var description: String {
        let moment = min(max(self, .earliest), .latest)
        return String(unsafeUninitializedCapacity: 27) { buffer in
            moment.write(to: buffer)
            return 27
        }
    }

    private func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let (days, time) = microseconds.flooredQuotientAndRemainder(by: 86_400_000_000)
        let date = CivilDate(days: days)
        let seconds = time / 1_000_000
        let fields =
            [
                (date.year, 4, "-"), (date.month, 2, "-"), (date.day, 2, "T"), (seconds / 3600, 2, ":"),
                (seconds / 60 % 60, 2, ":"), (seconds % 60, 2, "."), (time % 1_000_000, 6, "Z"),
            ] as [(Int, Int, Unicode.Scalar)]
        var offset = 0
        for (value, width, separator) in fields {
            var rest = value
            for index in stride(from: offset + width - 1, through: offset, by: -1) {
                buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            buffer[offset + width] = UInt8(ascii: separator)
            offset += width + 1
        }
    }
}

extension Timestamp {
    /// Reads RFC 3339, section 5.6: any offset, any number of fractional digits (below a microsecond they are dropped).
    /// Leap seconds are refused, and so is a moment that its offset moves out of the years 0 to 9999 of UTC.
    package init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
            let day = scanner.number(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2), scanner.take(":"),
            let second = scanner.number(2), let fraction = scanner.fraction(), let offsetMinutes = scanner.offset(),
            scanner.atEnd, hour < 24, minute < 60, second < 60,
            let days = CivilDate(year: year, month: month, day: day)?.days
        else { return nil }
        let seconds = days * 86_400 + hour * 3600 + (minute - offsetMinutes) * 60 + second
        self.init(microseconds: seconds * 1_000_000 + fraction)
        guard self >= .earliest, self <= .latest else { return nil }
    }
}

/// A day of the proleptic Gregorian calendar and its number (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
private struct CivilDate {
    let year: Int, month: Int, day: Int

    init(days: Int) {
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    init?(year: Int, month: Int, day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
        guard (1...12).contains(month), day >= 1, CivilDate(days: days) == self else { return nil }
    }

    var days: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredQuotientAndRemainder(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension CivilDate: Equatable {}

private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var atEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Microseconds; 0 when there is no fraction, nil when the point has no digits after it.
    mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        guard var value = digit() else { return nil }
        var scale = 100_000
        value *= scale
        while let digit = digit() {
            scale /= 10
            value += digit * scale
        }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("-") ? -1 : (take("+") ? 1 : 0)
        guard sign != 0, let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 60 + minutes)
    }
}

extension Int {
    fileprivate func flooredQuotientAndRemainder(by divisor: Int) -> (Int, Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
