import CText

/// Reads one token of a visible text, from left to right and every byte a bounded number of times.
struct LinkParser {
    let form: TextForm
    let token: Range<Int>
    /// The first byte that no link has taken.
    private var index: Int

    init(form: TextForm, token: Range<Int>) {
        (self.form, self.token) = (form, token)
        index = token.lowerBound
    }

    mutating func parse(into found: inout [LinkFinder.Found]) {
        while index < token.upperBound {
            let span = hostSpan(from: index)
            if span.isEmpty {
                index += byte(at: index) == UInt8(ascii: "[") ? parseBareIPv6(into: &found) : scalarLength(at: index)
            } else if isScheme(span) {
                parseAddress(from: span.upperBound + 3, scheme: span, into: &found)
            } else {
                parseHosts(in: span, into: &found)
            }
        }
    }

    // MARK: what hosts are made of

    /// The longest run of characters that hosts are made of, dots included.
    private func hostSpan(from start: Int) -> Range<Int> {
        var end = start
        while end < token.upperBound, let length = hostCharacterLength(at: end) { end += length }
        return start..<end
    }

    private func hostCharacterLength(at index: Int) -> Int? {
        let byte = form.bytes[index]
        if byte < 0x80 {
            return form.has(.letter, at: index) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "_") ? 1 : nil
        }
        let (scalar, length) = ScalarTable.decode(form.bytes + index)
        let isPart = Int(ScalarTable.entry(scalar).pointee.flags) & (CTEXT_LETTER | CTEXT_SYMBOL | CTEXT_MARK) != 0
        return isPart || Self.isDot(scalar) ? length : nil
    }

    /// The full stops that IDNA takes for one (UTS #46), and those that look like one.
    static func isDot(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2E, 0x3002, 0xFF0E, 0xFF61, 0x2024, 0xFE52: true
        default: false
        }
    }

    private func byte(at index: Int) -> UInt8 {
        index < token.upperBound ? form.bytes[index] : 0
    }

    private func scalarLength(at index: Int) -> Int {
        ScalarTable.decode(form.bytes + index).length
    }

    private func text(_ range: Range<Int>) -> Substring {
        Substring(String(decoding: form.buffer[range], as: UTF8.self))
    }

    // MARK: with a scheme

    private func isScheme(_ span: Range<Int>) -> Bool {
        let end = span.upperBound
        guard byte(at: end) == UInt8(ascii: ":"), byte(at: end + 1) == UInt8(ascii: "/"),
            byte(at: end + 2) == UInt8(ascii: "/")
        else { return false }
        return form.bytes[end - 1] < 0x80 && form.has(.letter, at: end - 1)
    }

    /// Userinfo, host and port end at the first slash, question mark or hash (RFC 3986, section 3.2).
    private mutating func parseAddress(from start: Int, scheme: Range<Int>, into found: inout [LinkFinder.Found]) {
        var (end, hostStart) = (start, start)
        while end < token.upperBound, !Self.endsAuthority(form.bytes[end]) {
            if form.bytes[end] == UInt8(ascii: "@") { hostStart = end + 1 }
            end += 1
        }
        index = max(end, start)
        guard start <= token.upperBound, let (range, host) = host(from: hostStart, to: end) else { return }
        let pathStart = byte(at: end) == 0 ? range.upperBound : end
        let limit = trimmedEnd(from: max(range.upperBound, pathStart), to: linkEnd(from: end))
        found.append(LinkFinder.Found(range: scheme.lowerBound..<limit, host: host, pathStart: min(pathStart, limit)))
        index = max(limit, end)
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\\"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// Any host will do after a scheme, but for a number that is no address.
    private func host(from start: Int, to end: Int) -> (range: Range<Int>, host: Range<Int>?)? {
        if byte(at: start) == UInt8(ascii: "["), start < end { return ipv6(from: start, to: end).map { ($0, nil) } }
        // Browsers decode a host, and so may come to another one than is seen.
        if (start..<end).contains(where: { form.bytes[$0] == UInt8(ascii: "%") }) { return (start..<end, nil) }
        let span = hostSpan(from: start)
        let range = trimmed(span.lowerBound..<min(span.upperBound, end))
        guard !range.isEmpty else { return nil }
        let name = text(range)
        if NumericHost.endsInNumber(name) {
            return NumericHost.isIPv4(name) ? (range, range) : nil
        }
        return (range, range)
    }

    private func ipv6(from start: Int, to end: Int) -> Range<Int>? {
        guard let close = (start..<min(end, start + 64)).first(where: { form.bytes[$0] == UInt8(ascii: "]") }),
            NumericHost.isIPv6(text(start + 1..<close))
        else { return nil }
        return start..<close + 1
    }

    /// With a port or a path alone; returns how many bytes were read.
    private func parseBareIPv6(into found: inout [LinkFinder.Found]) -> Int {
        guard let range = ipv6(from: index, to: token.upperBound), leadsOn(at: range.upperBound) else { return 1 }
        let end = trimmedEnd(from: range.upperBound, to: linkEnd(from: range.upperBound))
        found.append(LinkFinder.Found(range: range.lowerBound..<end, host: nil, pathStart: end))
        return end - index
    }

    // MARK: without a scheme

    /// The labels between empty ones: `wait...what.com` holds `what.com`.
    private mutating func parseHosts(in span: Range<Int>, into found: inout [LinkFinder.Found]) {
        index = span.upperBound
        // Before an @ stands a local part, or a user's name.
        if byte(at: span.upperBound) == UInt8(ascii: "@") { return }
        var start = span.lowerBound
        while start < span.upperBound {
            let group = labels(from: start, to: span.upperBound)
            start = group.next
            if group.labels.count > 1 { parseHost(group.labels, isLast: start >= span.upperBound, into: &found) }
        }
    }

    private func labels(from start: Int, to end: Int) -> (labels: [Range<Int>], next: Int) {
        var labels: [Range<Int>] = []
        var (index, labelStart) = (start, start)
        while index < end {
            let (scalar, length) = ScalarTable.decode(form.bytes + index)
            if Self.isDot(scalar) {
                if labelStart == index { return (labels, index + length) }
                labels.append(labelStart..<index)
                labelStart = index + length
            }
            index += length
        }
        if labelStart < end { labels.append(labelStart..<end) }
        return (labels, end)
    }

    private mutating func parseHost(_ labels: [Range<Int>], isLast: Bool, into found: inout [LinkFinder.Found]) {
        guard let first = labels.first, let last = labels.last else { return }
        let range = trimmed(first.lowerBound..<last.upperBound)
        let isAddress = labels.count == 4 && NumericHost.isDotted(text(range))
        guard let end = isAddress ? range.upperBound : endOfSuffix(last), range.lowerBound < end else { return }
        let leadsOn = isLast && leadsOn(at: last.upperBound)
        if isAddress && !leadsOn { return }
        // An address for e-mail, unless it goes on as only a link does.
        if isLocalPart(before: first.lowerBound), !leadsOn { return }
        let host = range.lowerBound..<end
        guard isName(host), !isEncoded(around: host) else { return }
        let pathStart = isLast ? endOfPort(at: last.upperBound) : end
        let limit = leadsOn ? trimmedEnd(from: end, to: linkEnd(from: last.upperBound)) : end
        found.append(LinkFinder.Found(range: host.lowerBound..<limit, host: host, pathStart: min(pathStart, limit)))
        if leadsOn { index = max(index, limit) }
    }

    /// An emoji domain has no name that we know, and leads somewhere all the same.
    private func isName(_ host: Range<Int>) -> Bool {
        !isASCII(host) || HostName(String(text(host))) != nil
    }

    /// Then it is a part of another host, which is found when the token is decoded.
    private func isEncoded(around host: Range<Int>) -> Bool {
        let before = host.lowerBound - 1
        if byte(at: host.upperBound) == UInt8(ascii: "%") { return true }
        return before >= token.lowerBound && form.bytes[before] == UInt8(ascii: "%")
    }

    /// Where the last label ends, if it is a top-level domain; other scripts may follow it without a space.
    private func endOfSuffix(_ label: Range<Int>) -> Int? {
        let asciiEnd = label.first { form.bytes[$0] >= 0x80 } ?? label.upperBound
        if asciiEnd > label.lowerBound {
            let range = trimmed(label.lowerBound..<asciiEnd)
            return TopLevelDomain.isOne(form, range) ? range.upperBound : nil
        }
        guard let name = HostName(String(text(label))), name.hasKnownSuffix else { return nil }
        return label.upperBound
    }

    private func isLocalPart(before start: Int) -> Bool {
        start - 2 >= token.lowerBound && form.bytes[start - 1] == UInt8(ascii: "@")
            && (form.bytes[start - 2] >= 0x80 || form.has(.letter, at: start - 2))
    }

    // MARK: what follows a host

    /// Whether a port, a path, a query or a fragment follows.
    private func leadsOn(at end: Int) -> Bool {
        let next = byte(at: end + 1)
        switch byte(at: end) {
        case UInt8(ascii: ":"): return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
        case UInt8(ascii: "/"), UInt8(ascii: "\\"): return true
        case UInt8(ascii: "?"), UInt8(ascii: "#"):
            return next >= 0x80 || form.has(.letter, at: min(end + 1, form.count))
        default: return false
        }
    }

    private func endOfPort(at end: Int) -> Int {
        guard byte(at: end) == UInt8(ascii: ":") else { return end }
        var index = end + 1
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte(at: index)) { index += 1 }
        return index
    }

    private func linkEnd(from start: Int) -> Int {
        var end = start
        while end < token.upperBound {
            switch form.bytes[end] {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""): return end
            default: end += 1
            }
        }
        return end
    }

    /// Without the punctuation that ends a sentence and the brackets that were opened before the link.
    private func trimmedEnd(from start: Int, to end: Int) -> Int {
        var depth = 0
        for index in min(start, end)..<end { depth += Self.nesting(form.bytes[index]) }
        var end = end
        while end > start {
            switch form.bytes[end - 1] {
            case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "!"),
                UInt8(ascii: "?"), UInt8(ascii: "'"), UInt8(ascii: "*"):
                end -= 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth >= 0 { return end }
                depth += 1
                end -= 1
            default: return end
            }
        }
        return end
    }

    private static func nesting(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): -1
        default: 0
        }
    }

    // MARK: ranges

    /// Without hyphens, underscores and dots at its ends.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, Self.isTrimmed(form.bytes[start]) { start += 1 }
        while start < end, Self.isTrimmed(form.bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isTrimmed(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    private func isASCII(_ range: Range<Int>) -> Bool {
        range.allSatisfy { form.bytes[$0] < 0x80 }
    }
}
