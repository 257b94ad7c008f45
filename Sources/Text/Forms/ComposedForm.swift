import CText

/// Makes the form for entries with marks of their own: NFKC, without the marks that belong to no letter.
///
/// Without it "schön", read without marks, would delete "schon".
enum ComposedForm {
    /// The longest that NFKC makes of a byte of UTF-8 (Unicode's FAQ on normalization).
    private static let growthMax = 11

    /// - Returns: false when it cannot be made.
    static func make(_ form: TextForm, of visible: TextForm) -> Bool {
        let capacity = visible.count * growthMax + TextForm.padding
        let composed = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            guard let place = buffer.baseAddress else { return }
            count = ctext_compose(visible.bytes, visible.count, place, capacity - TextForm.padding)
        }
        form.clear(reserving: composed.count)
        composed.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            append(base, buffer.count, to: form)
        }
        _ = Leetspeak.read(form)
        form.finish()
        return !composed.isEmpty
    }

    private static func append(_ bytes: UnsafePointer<UInt8>, _ count: Int, to form: TextForm) {
        var index = 0
        while index < count {
            let (scalar, length) = ScalarTable.decode(bytes + index)
            let flags = Int(ScalarTable.entry(scalar).pointee.flags)
            if flags & CTEXT_MARK == 0 { form.append(bytes + index, length) }
            index += length
        }
    }
}
