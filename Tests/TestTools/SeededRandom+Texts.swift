extension SeededRandom {
    package mutating func text(from scalars: [Unicode.Scalar], lengthMax: Int) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...lengthMax, using: &self) { text.append(pick(scalars)) }
        return String(text)
    }

    /// Of the planes where the trouble is: letters, marks, blanks, signs, and anything at all.
    package mutating func textOfAllPlanes(lengthMax: Int) -> String {
        let blocks: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x20...0x7E, 0xA0...0x17F, 0x300...0x36F, 0x370...0x52F, 0x590...0x6FF, 0x900...0x97F,
            0x1100...0x11FF, 0x2000...0x206F, 0x3040...0x30FF, 0xAC00...0xD7A3, 0xFB00...0xFDFF, 0xFF00...0xFFEF,
            0x1D400...0x1D7FF, 0x1F100...0x1F1FF, 0x1F600...0x1F64F, 0xE0000...0xE007F, 0...0x10FFFF,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...lengthMax, using: &self) {
            text.append(Unicode.Scalar(UInt32.random(in: pick(blocks), using: &self)) ?? "\u{FFFD}")
        }
        return String(text)
    }
}
