import CText

/// Makes of a skeleton what it looks like: words that are not ASCII become ICU's confusable prototype (UTS #39).
///
/// Words that are ASCII stay as they are: `m` looks like `rn`, and blocking "bum" would delete "burn".
enum PrototypeForm {
    /// - Returns: false when there is no word to be replaced.
    static func make(_ form: TextForm, of skeleton: TextForm) -> Bool {
        form.clear(reserving: skeleton.count)
        var found = false
        var index = 0
        while index < skeleton.count {
            let end = wordEnd(skeleton, from: index)
            if end == index {
                copy(skeleton, index..<index + 1, to: form)
                index += 1
            } else if isASCII(skeleton, index..<end) {
                copy(skeleton, index..<end, to: form)
                index = end
            } else {
                replace(skeleton, index..<end, into: form)
                found = true
                index = end
            }
        }
        if found { form.finish() }
        return found
    }

    /// An entry's prototype: all of it, whatever it is.
    static func makeWhole(_ form: TextForm, of skeleton: TextForm) {
        form.clear(reserving: skeleton.count)
        replace(skeleton, 0..<skeleton.count, into: form)
        form.finish()
    }

    static func wordEnd(_ form: TextForm, from start: Int) -> Int {
        var end = start
        while end < form.count, form.has(.letter, at: end) || form.has(.word, at: end) { end += 1 }
        return end
    }

    private static func isASCII(_ form: TextForm, _ range: Range<Int>) -> Bool {
        range.allSatisfy { form.bytes[$0] < 0x80 }
    }

    private static func copy(_ skeleton: TextForm, _ range: Range<Int>, to form: TextForm) {
        form.reserve(form.count + range.count)
        for index in range {
            form.append(skeleton.bytes[index], skeleton.traits[index])
            if skeleton.bytes[index] >= 0x80 { form.isASCII = false }
        }
    }

    private static func replace(_ skeleton: TextForm, _ range: Range<Int>, into form: TextForm) {
        let kept = TextForm.Traits.afterGap.rawValue | TextForm.Traits.isSign.rawValue
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, length) = ScalarTable.decode(skeleton.bytes + index)
            append(scalar, skeleton.traits[index] & kept, to: form)
            index += length
        }
    }

    private static func append(_ scalar: UInt32, _ first: UInt8, to form: TextForm) {
        let entry = ScalarTable.entry(scalar)
        let extra = TextForm.Traits.prototype.rawValue
        guard entry.pointee.prototype_length == CTEXT_LONG else {
            let length = Int(entry.pointee.prototype_length)
            return form.append(ctext_prototype(entry), length, extra: extra, first: first)
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CTEXT_LONG_MAX + TextForm.padding) {
            guard let place = $0.baseAddress else { return }
            form.append(place, ctext_long_prototype(scalar, place), extra: extra, first: first)
        }
    }
}
