import Testing

@testable import Worker

@Suite("An address")
struct NetworkAddressTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.9.1",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.7", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1",
        "2001::1", "2001:10::1", "3fff::1", "5f00::1", "100::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:192.168.0.1", "64:ff9b::7f00:1", "64:ff9b::c0a8:1",
        "64:ff9b:1::808:808", "2002:7f00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::",
    ])
    func `within a network is none of the Internet`(text: String) throws {
        #expect(!(try #require(NetworkAddress(text))).isPublic)
    }

    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255",
        "192.169.0.1", "169.253.0.1", "223.255.255.255", "11.0.0.1", "198.17.255.255", "198.20.0.1",
        "2606:4700:4700::1111", "2a00:1450:4001:82a::200e", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
    ])
    func `of the Internet is one`(text: String) throws {
        #expect((try #require(NetworkAddress(text))).isPublic)
    }

    @Test(arguments: [
        "", "localhost", "1.2.3", "1.2.3.4.5", "0x7f.0.0.1", "017700000001", "2130706433", "::g", "1.2.3.4 ",
    ])
    func `is not made of anything else`(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test func `is written as it is read`() throws {
        for text in ["127.0.0.1", "2606:4700:4700::1111", "::1"] {
            #expect(try #require(NetworkAddress(text)).description == text)
        }
    }
}
