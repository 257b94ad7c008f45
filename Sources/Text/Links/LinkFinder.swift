import CText

/// Finds the links of running text, also those that are written so that no program should find them.
///
/// A link is a scheme and a host, or a host whose last label is a top-level domain, or an address of the Internet
/// Protocol with scheme, port or path. It is none after a local part and an `@`: that is an address for e-mail.
package enum LinkFinder {
    /// In the order in which they stand in the text.
    package static func links(in forms: NormalForms) -> [Link] {
        links(in: forms, depth: 0)
    }

    /// `%2565` is `e` encoded twice.
    private static let encodingDepthMax = 2

    /// Before its place in the raw text is known.
    struct Found {
        /// In the visible form.
        let range: Range<Int>
        /// Nil when the host is none that can be named.
        let host: Range<Int>?
        let pathStart: Int
    }

    private static func links(in forms: NormalForms, depth: Int) -> [Link] {
        let form = forms.visible
        guard mayHold(form) else { return [] }
        var found: [Found] = []
        for token in tokens(of: form) {
            let before = found.count
            var parser = LinkParser(form: form, token: token)
            parser.parse(into: &found)
            if depth < encodingDepthMax, encodedLinks(form, token, depth) > found.count - before {
                found.append(Found(range: token, host: nil, pathStart: token.upperBound))
            }
        }
        DisguisedDots.find(in: form, into: &found)
        return resolve(found, in: forms)
    }

    /// Whether a look is worth while at all.
    private static func mayHold(_ form: TextForm) -> Bool {
        if !form.isASCII { return true }
        let (bytes, count) = (form.bytes, form.count)
        return ctext_holds_any(bytes, count, UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "%"))
            || DisguisedDots.mayHold(form)
    }

    /// What stands between spaces and may hold a link.
    private static func tokens(of form: TextForm) -> [Range<Int>] {
        var tokens: [Range<Int>] = []
        var start = 0
        var isWorthwhile = false
        for index in 0...form.count {
            if index == form.count || form.bytes[index] == UInt8(ascii: " ") {
                if isWorthwhile { tokens.append(start..<index) }
                (start, isWorthwhile) = (index + 1, false)
                continue
            }
            switch form.bytes[index] {
            case UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "%"): isWorthwhile = true
            // The lead bytes of the other dots.
            case 0xE2, 0xE3, 0xEF: isWorthwhile = true
            default: break
            }
        }
        return tokens
    }

    /// How many links the token holds once it is decoded.
    private static func encodedLinks(_ form: TextForm, _ token: Range<Int>, _ depth: Int) -> Int {
        guard let decoded = PercentEncoding.decoded(form.buffer[token]) else { return 0 }
        return links(in: NormalForms(decoded), depth: depth + 1).count
    }

    private static func resolve(_ found: [Found], in forms: NormalForms) -> [Link] {
        if found.isEmpty { return [] }
        let origins = forms.visibleOrigins
        return found.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { found in
            let path = origins.map(found.pathStart..<found.range.upperBound)
            let host = found.host.flatMap { name(of: $0, in: forms, origins) }
            return Link(range: origins.map(found.range), host: host?.withoutWWW, path: forms.rawText(path))
        }
    }

    /// As it was written, for `ß` is folded; if that is no host, without what cannot be seen in it.
    private static func name(of host: Range<Int>, in forms: NormalForms, _ origins: Origins) -> HostName? {
        if !forms.isRawASCII, let name = HostName(forms.rawText(origins.map(host))) { return name }
        return HostName(DisguisedDots.withoutThem(forms.visible.buffer[host]))
    }
}

extension HostName {
    /// As the entries of domain lists are.
    fileprivate var withoutWWW: HostName {
        guard name.hasPrefix("www."), let rest = HostName(String(name.dropFirst(4))), !rest.isPublicSuffix else {
            return self
        }
        return rest
    }
}
