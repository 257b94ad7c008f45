import CText

/// Makes the visible form: in a loop of its own as long as the text is ASCII, which most chat is.
enum VisibleForm {
    /// - Returns: whether the text as it was written is ASCII.
    static func make(
        _ form: TextForm, of raw: UnsafePointer<UInt8>, _ count: Int,
        countingCase counts: inout (cased: Int, uppercase: Int)
    ) -> Bool {
        form.clear(reserving: count)
        var builder = Builder(form: form)
        let done = builder.appendASCII(raw, count)
        if done < count { builder.appendAny(raw, from: done, to: count) }
        form.finish()
        counts = (builder.cased, builder.uppercase)
        return done == count
    }

    private struct Builder {
        let form: TextForm
        var cased = 0
        var uppercase = 0
        /// A space was seen; it is written before what comes next, if anything does.
        private var owesSpace = false
        private var gap: UInt8 = 0

        init(form: TextForm) {
            self.form = form
        }

        /// Takes the text up to the first byte that is not ASCII, and returns where that is.
        mutating func appendASCII(_ raw: UnsafePointer<UInt8>, _ count: Int) -> Int {
            let (bytes, traits) = (form.bytes, form.traits)
            let table = ASCIITable.entries
            var (out, index, cased, uppercase) = (form.count, 0, 0, 0)
            var (owesSpace, gap) = (self.owesSpace, self.gap)
            while index < count {
                let byte = raw[index]
                if byte >= 0x80 { break }
                let entry = table[Int(byte)]
                index += 1
                if entry.isPlain {
                    if owesSpace {
                        (bytes[out], traits[out]) = (0x20, TextForm.Traits.lead.rawValue)
                        out += 1
                        owesSpace = false
                    }
                    (bytes[out], traits[out]) = (entry.folded, entry.traits | gap)
                    out += 1
                    gap = 0
                    cased += Int(entry.cased)
                    uppercase += Int(entry.uppercase)
                } else if entry.isSpace {
                    owesSpace = out > 0
                } else {
                    gap = TextForm.Traits.afterGap.rawValue
                }
            }
            form.count = out
            (self.owesSpace, self.gap) = (owesSpace, gap)
            self.cased += cased
            self.uppercase += uppercase
            return index
        }

        mutating func appendAny(_ raw: UnsafePointer<UInt8>, from start: Int, to count: Int) {
            var index = start
            while index < count {
                let (scalar, length) = ScalarTable.decode(raw + index)
                index += length
                append(scalar)
            }
        }

        private mutating func append(_ scalar: UInt32) {
            let entry = ScalarTable.entry(scalar)
            let flags = Int(entry.pointee.flags)
            if flags & CTEXT_HIDDEN != 0 {
                gap = TextForm.Traits.afterGap.rawValue
            } else if flags & CTEXT_SPACE != 0 {
                owesSpace = form.count > 0
            } else {
                writeSpace()
                cased += flags & CTEXT_CASED != 0 ? 1 : 0
                uppercase += flags & CTEXT_UPPERCASE != 0 ? 1 : 0
                form.append(ctext_visible(entry), Int(entry.pointee.visible_length), first: gap)
                gap = 0
            }
        }

        private mutating func writeSpace() {
            guard owesSpace else { return }
            form.reserve(form.count + 1)
            form.append(0x20, TextForm.Traits.lead.rawValue)
            owesSpace = false
        }
    }
}
