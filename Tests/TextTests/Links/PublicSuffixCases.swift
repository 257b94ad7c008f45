import Testing
import Text

/// The test cases of the Public Suffix List (`tests/test_psl.txt`, in the public domain), in a form of our own.
@Suite("The cases of the Public Suffix List")
struct PublicSuffixCases {
    /// Below these anybody registers names.
    static let suffixes = [
        "COM", "biz", "com", "uk.com", "mm", "c.mm", "jp", "ac.jp", "kyoto.jp", "ide.kyoto.jp", "c.kobe.jp", "ck",
        "test.ck", "us",
        "ak.us", "k12.ak.us", "公司.cn", "中国", "xn--55qx5d.cn", "xn--fiqs8s",
    ]
    /// Registered domains, and names below them.
    static let domains: [(domain: String, names: [String])] = [
        ("example.COM", ["WwW.example.COM", "b.example.com", "a.b.example.com"]),
        ("domain.biz", ["b.domain.biz", "a.b.domain.biz"]),
        ("example.uk.com", ["b.example.uk.com", "a.b.example.uk.com"]),
        ("test.ac", []), ("b.c.mm", ["a.b.c.mm"]), ("test.jp", ["www.test.jp"]), ("test.ac.jp", ["www.test.ac.jp"]),
        ("test.kyoto.jp", []), ("b.ide.kyoto.jp", ["a.b.ide.kyoto.jp"]), ("b.c.kobe.jp", ["a.b.c.kobe.jp"]),
        ("b.test.ck", ["a.b.test.ck"]), ("www.ck", ["www.www.ck"]), ("test.us", ["www.test.us"]),
        ("test.ak.us", ["www.test.ak.us"]), ("test.k12.ak.us", ["www.test.k12.ak.us"]), ("食狮.com.cn", []),
        ("食狮.公司.cn", ["www.食狮.公司.cn"]), ("shishi.公司.cn", []), ("食狮.中国", ["www.食狮.中国"]), ("shishi.中国", []),
        ("xn--85x722f.com.cn", []), ("xn--85x722f.xn--55qx5d.cn", ["www.xn--85x722f.xn--55qx5d.cn"]),
        ("shishi.xn--55qx5d.cn", []), ("xn--85x722f.xn--fiqs8s", ["www.xn--85x722f.xn--fiqs8s"]),
        ("shishi.xn--fiqs8s", []),
    ]

    @Test(arguments: suffixes) func `are suffixes`(name: String) throws {
        #expect(try #require(HostName(name)).isPublicSuffix)
    }

    @Test(arguments: domains) func `are domains that somebody registered`(domain: String, names: [String]) throws {
        let host = try #require(HostName(domain))
        #expect(!host.isPublicSuffix)
        let parent = host.name.drop { $0 != "." }.dropFirst()
        #expect(try #require(HostName(String(parent))).isPublicSuffix, "nothing is between it and its suffix")
        for name in [domain] + names {
            let link = try #require(LinkFinder.links(in: NormalForms("see " + name)).first)
            #expect(try link.isUnder(DomainName(domain)), "\(name)")
        }
    }

    /// An exception of the list: the city's own name is no suffix although `*.kobe.jp` is.
    @Test func `know an exception`() throws {
        #expect(try !#require(HostName("city.kobe.jp")).isPublicSuffix)
    }

    /// The list's own algorithm takes every unknown last label for a suffix (its rule `*`). We do not: `node.js` is no
    /// domain.
    @Test(arguments: ["example", "example.example", "b.example.example", "a.b.example.example"])
    func `differ for what is no top-level domain`(name: String) throws {
        let host = try #require(HostName(name))
        #expect(!host.isPublicSuffix && !host.hasKnownSuffix)
    }

    /// The list's answer is "no domain"; so is ours, for no host begins with a dot.
    @Test(arguments: [".com", ".example", ".example.com", ".example.example"])
    func `agree that nothing begins with a dot`(name: String) {
        #expect(HostName(name) == nil)
    }
}
