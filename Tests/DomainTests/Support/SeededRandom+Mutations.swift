import TestTools

extension SeededRandom {
    /// The bytes with a few of them changed, removed, doubled, swapped or cut off.
    mutating func mutation(of original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...Int.random(in: 0..<3, using: &self) where !bytes.isEmpty { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let index = Int.random(in: 0..<bytes.count, using: &self)
        switch Int.random(in: 0..<6, using: &self) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
        case 1: bytes[index] = pick(Array("{}[]\",:\\u0 \n".utf8))
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(pick(Array("{}[]\",:\\9e-".utf8)), at: index)
        case 4: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &self))
        default: bytes.removeLast(bytes.count - index)
        }
    }
}
