import CText

/// One form of a text: its bytes, what each byte belongs to, and where words begin. A buffer that is used again.
package final class TextForm {
    /// What is known of a byte.
    package struct Traits: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Of a word, which ends where these end. Scripts that put no spaces between words have none.
        package static let word = Traits(rawValue: UInt8(CTEXT_WORD))
        /// Of a letter, digit or mark of any script.
        package static let letter = Traits(rawValue: UInt8(CTEXT_LETTER))
        /// Something that cannot be seen was left out before it, and so a word may begin here.
        static let afterGap = Traits(rawValue: 4)
        /// Read as a letter, but it may be the sign that it was, and so a word may begin before and after it.
        static let isSign = Traits(rawValue: 8)
        /// The first byte of a Unicode scalar.
        static let lead = Traits(rawValue: 16)
        /// Of a word that was replaced by what it looks like.
        static let prototype = Traits(rawValue: 32)
    }

    /// Zeros that follow the text, so that a few bytes may be read at once.
    static let padding = 8

    // One thread has it at a time, and nobody keeps a reference into it: checks of every access would cost a tenth.
    @exclusivity(unchecked) private(set) var bytes: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private(set) var traits: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private(set) var wordStarts: UnsafeMutablePointer<Int32>
    @exclusivity(unchecked) private(set) var capacity: Int
    @exclusivity(unchecked) package internal(set) var count = 0
    @exclusivity(unchecked) private(set) var wordStartCount = 0
    @exclusivity(unchecked) var isASCII = true

    init(capacity: Int = 1024) {
        self.capacity = capacity
        bytes = .allocate(capacity: capacity + Self.padding)
        traits = .allocate(capacity: capacity + Self.padding)
        wordStarts = .allocate(capacity: capacity)
    }

    deinit {
        bytes.deallocate()
        traits.deallocate()
        wordStarts.deallocate()
    }

    package var text: String {
        String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    package var buffer: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes, count: count)
    }

    func clear(reserving needed: Int) {
        (count, wordStartCount, isASCII) = (0, 0, true)
        reserve(needed)
    }

    func reserve(_ needed: Int) {
        guard needed > capacity else { return }
        let grown = max(needed, 2 * capacity)
        bytes = Self.moved(bytes, count, to: grown + Self.padding)
        traits = Self.moved(traits, count, to: grown + Self.padding)
        wordStarts.deallocate()
        wordStarts = .allocate(capacity: grown)
        capacity = grown
    }

    private static func moved(
        _ old: UnsafeMutablePointer<UInt8>, _ count: Int, to capacity: Int
    ) -> UnsafeMutablePointer<UInt8> {
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        new.update(from: old, count: count)
        old.deallocate()
        return new
    }

    @inline(__always)
    func append(_ byte: UInt8, _ trait: UInt8) {
        bytes[count] = byte
        traits[count] = trait
        count += 1
    }

    /// Ends the text and finds where its words begin.
    func finish() {
        (bytes + count).update(repeating: 0, count: Self.padding)
        (traits + count).update(repeating: 0, count: Self.padding)
        var found = 0
        var before: UInt8 = 0
        let anyEdge = Traits.afterGap.rawValue | Traits.isSign.rawValue
        let (traits, wordStarts, count) = (traits, wordStarts, count)
        for index in 0..<count {
            let trait = traits[index]
            // An edge lies where one side is no word, or where one is allowed.
            let isEdge = (before & 1) == 0 || (trait & anyEdge) != 0 || (before & Traits.isSign.rawValue) != 0
            wordStarts[found] = Int32(truncatingIfNeeded: index)
            found += (trait & 17) == 17 && isEdge ? 1 : 0
            before = trait
        }
        wordStartCount = found
    }

    /// Whether a word may begin or end before the byte.
    @inline(__always)
    func isEdge(_ index: Int) -> Bool {
        guard index > 0, index < count else { return true }
        let (before, after) = (traits[index - 1], traits[index])
        return before & after & Traits.word.rawValue == 0 || after & Traits.afterGap.rawValue != 0
            || (before | after) & Traits.isSign.rawValue != 0
    }

    @inline(__always)
    func has(_ trait: Traits, at index: Int) -> Bool {
        traits[index] & trait.rawValue != 0
    }
}
