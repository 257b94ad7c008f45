import CText

/// Makes the skeleton of a visible text: every letter as plain as it can be, and leetspeak read as letters.
enum SkeletonForm {
    /// - Returns: false when the skeleton is the visible text itself.
    static func make(_ form: TextForm, of visible: TextForm) -> Bool {
        guard !visible.isASCII || Leetspeak.mayBe(in: visible) else { return false }
        form.clear(reserving: visible.count)
        if visible.isASCII { copy(visible, to: form) } else { decompose(visible, into: form) }
        let changed = Leetspeak.read(form)
        guard changed || !visible.isASCII else { return false }
        form.finish()
        return true
    }

    private static func copy(_ visible: TextForm, to form: TextForm) {
        form.bytes.update(from: visible.bytes, count: visible.count)
        form.traits.update(from: visible.traits, count: visible.count)
        form.count = visible.count
    }

    private static func decompose(_ visible: TextForm, into form: TextForm) {
        var index = 0
        while index < visible.count {
            let (scalar, length) = ScalarTable.decode(visible.bytes + index)
            let gap = visible.traits[index] & TextForm.Traits.afterGap.rawValue
            if scalar < 0x80 {
                form.reserve(form.count + 1)
                form.append(UInt8(scalar), visible.traits[index])
            } else {
                append(scalar, gap, to: form)
            }
            index += length
        }
    }

    private static func append(_ scalar: UInt32, _ gap: UInt8, to form: TextForm) {
        let entry = ScalarTable.entry(scalar)
        guard entry.pointee.skeleton_length == CTEXT_LONG else {
            return form.append(ctext_skeleton(entry), Int(entry.pointee.skeleton_length), first: gap)
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CTEXT_LONG_MAX + TextForm.padding) {
            guard let place = $0.baseAddress else { return }
            form.append(place, ctext_long_skeleton(scalar, place), first: gap)
        }
    }
}

/// Digits and signs that stand for letters: `0o 1i 3e 4a 5s 7t @a $s !i`, in words that hold a letter.
enum Leetspeak {
    private static let sign: UInt8 =
        TextForm.Traits.isSign.rawValue | TextForm.Traits.word.rawValue | TextForm.Traits.letter.rawValue

    static func mayBe(in form: TextForm) -> Bool {
        let (table, bytes) = (ASCIITable.entries, form.bytes)
        for index in 0..<form.count where table[Int(bytes[index] & 127)].leet != bytes[index] { return true }
        return false
    }

    /// - Returns: whether anything was changed.
    static func read(_ form: TextForm) -> Bool {
        let table = ASCIITable.entries
        var changed = false
        var index = 0
        while index < form.count {
            var end = index
            var hasLetter = false
            while end < form.count, let kind = kind(form, end, table) {
                hasLetter = hasLetter || kind == .letter
                end += 1
            }
            if hasLetter, replace(form, index..<end) { changed = true }
            index = end + 1
        }
        return changed
    }

    private enum Kind { case letter, stand }

    /// Nil when the byte is of no word.
    @inline(__always)
    private static func kind(
        _ form: TextForm, _ index: Int, _ table: UnsafePointer<ASCIITable.Entry>
    ) -> Kind? {
        let byte = form.bytes[index]
        if byte >= 0x80 { return form.has(.letter, at: index) ? .letter : nil }
        if table[Int(byte)].leet != byte { return .stand }
        guard form.has(.letter, at: index) else { return nil }
        return byte >= UInt8(ascii: "a") ? .letter : .stand
    }

    private static func replace(_ form: TextForm, _ range: Range<Int>) -> Bool {
        var changed = false
        for index in range {
            let byte = form.bytes[index]
            guard byte < 0x80 else { continue }
            let letter = ASCIITable.entries[Int(byte)].leet
            guard letter != byte else { continue }
            form.bytes[index] = letter
            if !form.has(.word, at: index) { form.traits[index] |= sign }
            changed = true
        }
        return changed
    }
}
