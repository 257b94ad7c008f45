import CText

/// The forms of one text in which it is compared: what was written, what is seen, and what it is read as.
///
/// Made once a message and only when they are asked for; all take time and memory linear in the text. One object
/// serves one thread and is used again for the next text, which spares the allocations.
package final class NormalForms {
    @exclusivity(unchecked) private(set) var raw: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private var rawCapacity: Int
    @exclusivity(unchecked) package private(set) var rawCount = 0
    @exclusivity(unchecked) package private(set) var isRawASCII = true

    /// Without what cannot be seen, spaces collapsed and trimmed, case folded.
    package let visible = TextForm()
    private let skeletonForm = TextForm()
    private let prototypeForm = TextForm()
    private let composedForm = TextForm(capacity: 0)

    private enum Progress { case unmade, same, made }
    @exclusivity(unchecked) private var skeletonProgress = Progress.unmade
    @exclusivity(unchecked) private var prototypeProgress = Progress.unmade
    @exclusivity(unchecked) private var composedProgress = Progress.unmade

    /// Letters with case, and capitals among them.
    @exclusivity(unchecked) package private(set) var casedCount = 0
    @exclusivity(unchecked) package private(set) var uppercaseCount = 0

    package init() {
        rawCapacity = 1024
        raw = .allocate(capacity: rawCapacity + TextForm.padding)
    }

    package convenience init(_ text: String) {
        self.init()
        read(text)
    }

    deinit {
        raw.deallocate()
    }

    /// Takes the next text.
    package func read(_ text: String) {
        var text = text
        text.withUTF8 { keep($0) }
        (skeletonProgress, prototypeProgress, composedProgress) = (.unmade, .unmade, .unmade)
        var counts = (cased: 0, uppercase: 0)
        isRawASCII = VisibleForm.make(visible, of: UnsafePointer(raw), rawCount, countingCase: &counts)
        (casedCount, uppercaseCount) = counts
    }

    package var rawBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: raw, count: rawCount)
    }

    private func keep(_ bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.count > rawCapacity {
            raw.deallocate()
            rawCapacity = bytes.count
            raw = .allocate(capacity: rawCapacity + TextForm.padding)
        }
        rawCount = bytes.count
        if let base = bytes.baseAddress { raw.update(from: base, count: bytes.count) }
        (raw + rawCount).update(repeating: 0, count: TextForm.padding)
    }
}

extension NormalForms {
    /// Decomposed for compatibility, without marks, and with digits and signs in words read as the letters that they
    /// stand for; nil when that is no other text than the visible one.
    package var skeleton: TextForm? {
        if skeletonProgress == .unmade {
            skeletonProgress = SkeletonForm.make(skeletonForm, of: visible) ? .made : .same
        }
        return skeletonProgress == .made ? skeletonForm : nil
    }

    /// The skeleton with every word that is still not ASCII replaced by what it looks like (UTS #39); nil when there is
    /// no such word.
    package var prototype: TextForm? {
        if prototypeProgress == .unmade {
            let skeleton = skeleton ?? visible
            prototypeProgress =
                !skeleton.isASCII && PrototypeForm.make(prototypeForm, of: skeleton) ? .made : .same
        }
        return prototypeProgress == .made ? prototypeForm : nil
    }

    /// Like the skeleton, but with the marks that belong to letters: NFKC without the marks that are left then. Nil
    /// when the visible text is ASCII.
    package var composed: TextForm? {
        if composedProgress == .unmade {
            composedProgress = !visible.isASCII && ComposedForm.make(composedForm, of: visible) ? .made : .same
        }
        return composedProgress == .made ? composedForm : nil
    }
}

extension NormalForms {
    /// Where in the text as it was written that part of a form stands, in bytes.
    package func rawRange(of range: Range<Int>, in form: TextForm) -> Range<Int> {
        var range = range
        if form === composedForm { return 0..<rawCount }
        if form === prototypeForm { range = Origins.prototype(of: skeleton ?? visible).map(range) }
        if form !== visible, skeletonProgress == .made { range = Origins.skeleton(of: visible).map(range) }
        return visibleOrigins.map(range)
    }

    var visibleOrigins: Origins { Origins.visible(of: UnsafePointer(raw), rawCount) }

    package func rawText(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(start: raw + range.lowerBound, count: range.count), as: UTF8.self)
    }
}

extension NormalForms {
    /// Letters with case and capitals in a part of the text as it was written; a scalar that is cut is left out.
    package func caseCounts(in range: Range<Int>) -> (cased: Int, uppercase: Int) {
        var (cased, uppercase, index) = (0, 0, range.lowerBound)
        while index < range.upperBound {
            if raw[index] & 0xC0 == 0x80 {
                index += 1
                continue
            }
            let (scalar, length) = ScalarTable.decode(raw + index)
            let flags = Int(ScalarTable.entry(scalar).pointee.flags)
            cased += flags & CTEXT_CASED != 0 ? 1 : 0
            uppercase += flags & CTEXT_UPPERCASE != 0 ? 1 : 0
            index += length
        }
        return (cased, uppercase)
    }
}
