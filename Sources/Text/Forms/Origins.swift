import CText

/// Where every byte of a form comes from in the one that it was made of. Only made for what was hit.
struct Origins {
    private var starts: [Int] = []
    private var ends: [Int] = []

    func map(_ range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty, range.upperBound <= starts.count else { return 0..<0 }
        return starts[range.lowerBound]..<max(starts[range.lowerBound], ends[range.upperBound - 1])
    }

    private mutating func add(_ count: Int, from range: Range<Int>) {
        starts.append(contentsOf: repeatElement(range.lowerBound, count: count))
        ends.append(contentsOf: repeatElement(range.upperBound, count: count))
    }

    static func visible(of raw: UnsafePointer<UInt8>, _ count: Int) -> Origins {
        var origins = Origins()
        var space: Range<Int>?
        each(raw, count) { entry, range, _ in
            let flags = Int(entry.pointee.flags)
            if flags & CTEXT_HIDDEN != 0 { return }
            if flags & CTEXT_SPACE != 0 {
                if !origins.starts.isEmpty { space = (space?.lowerBound ?? range.lowerBound)..<range.upperBound }
                return
            }
            if let found = space { origins.add(1, from: found) }
            space = nil
            origins.add(Int(entry.pointee.visible_length), from: range)
        }
        return origins
    }

    static func skeleton(of visible: TextForm) -> Origins {
        var origins = Origins()
        each(UnsafePointer(visible.bytes), visible.count) { entry, range, scalar in
            let length = Int(entry.pointee.skeleton_length)
            origins.add(
                scalar < 0x80 ? 1 : length < 255 ? length : longLength(scalar, ctext_long_skeleton), from: range)
        }
        return origins
    }

    static func prototype(of skeleton: TextForm) -> Origins {
        var origins = Origins()
        let bytes = skeleton.bytes
        var index = 0
        var wordEnd = 0
        var isReplaced = false
        while index < skeleton.count {
            if index >= wordEnd {
                wordEnd = PrototypeForm.wordEnd(skeleton, from: index)
                isReplaced = (index..<wordEnd).contains { bytes[$0] >= 0x80 }
            }
            let (scalar, length) = ScalarTable.decode(bytes + index)
            let mapped = Int(ScalarTable.entry(scalar).pointee.prototype_length)
            let long = mapped < 255 ? mapped : longLength(scalar, ctext_long_prototype)
            origins.add(isReplaced ? long : length, from: index..<index + length)
            index += length
        }
        return origins
    }

    private static func longLength(
        _ scalar: UInt32, _ write: (UInt32, UnsafeMutablePointer<UInt8>?) -> Int
    ) -> Int {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CTEXT_LONG_MAX) {
            write(scalar, $0.baseAddress)
        }
    }

    private static func each(
        _ bytes: UnsafePointer<UInt8>, _ count: Int,
        _ body: (_ entry: UnsafePointer<ctext_scalar>, _ range: Range<Int>, _ scalar: UInt32) -> Void
    ) {
        var index = 0
        while index < count {
            let (scalar, length) = ScalarTable.decode(bytes + index)
            body(ScalarTable.entry(scalar), index..<index + length, scalar)
            index += length
        }
    }
}
