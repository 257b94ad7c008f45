import Testing
import Text

/// The cases of Chatterino 2's tests of its link parser (`tests/src/LinkParser.cpp`, MIT licence), in our own form.
///
/// Chatterino decides what to make clickable in a word of its own; we decide what to delete, and in running text.
/// Where that leads to another answer, the case is listed with the reason.
@Suite("The cases of Chatterino's link parser")
struct ChatterinoCases {
    private func isLink(_ text: String) -> Bool { !LinkFinder.links(in: NormalForms(text)).isEmpty }

    static let hosts = [
        "chatterino.com", "wiki.chatterino.com", "chatterino.co.uk", "a.io", "a.b.c.chatterino.com", "1.com",
        "127.0.0.1.com",
        "http.cat", "https.cat", "httpsd.cat", "127.0.0.1.CoM", "XD.CHATTERINO.COM", "wikI.chatterino.com",
        "chatterino.Org",
    ]
    static let rests = [
        "", ":80", ":80/foo/bar", "/:80?foo/bar", "/127.0.0.1", "/foo", "?foo", "/#?foo", "#foo", "/200", ":8080",
        "/#?FOO",
    ]

    @Test(arguments: hosts, rests) func `are links with and without a scheme`(host: String, rest: String) {
        for scheme in ["", "http://", "https://", "HtTpS://", "HTTP://"] {
            let text = scheme + host + rest
            let forms = NormalForms(text)
            #expect(LinkFinder.links(in: forms).map { forms.rawText($0.range) } == [text])
        }
    }

    @Test(arguments: [
        ("(twitch.tv/foo)", "twitch.tv/foo"), ("t🤪w🤪i🤪t🤪c🤪h🤪.tv/foo", "t🤪w🤪i🤪t🤪c🤪h🤪.tv/foo"),
        ("https://🏹.to/bar", "https://🏹.to/bar"), ("😀.com/baz", "😀.com/baz"), ("❀.com/baz", "❀.com/baz"),
        ("⛑.com/baz", "⛑.com/baz"), ("🍀.com/baz", "🍀.com/baz"),
    ])
    func `are links with brackets around them and emoji in them`(text: String, link: String) {
        let forms = NormalForms(text)
        #expect(LinkFinder.links(in: forms).map { forms.rawText($0.range) } == [link])
    }

    @Test(arguments: [
        "https://127.0.0.1", "http://127.0.0.1", "127.0.0.1:8080", "196.168.4.2/foo", "196.168.4.2?foo",
        "http://196.168.4.0#foo",
        "196.168.4.0/?#foo", "HTTP://196.168.4.0#Foo", "htTp://127.0.0.1", "httpS://127.0.0.1",
    ])
    func `are links to addresses`(text: String) {
        #expect(isLink(text))
    }

    @Test(arguments: [
        "٠.٠.٠.٠", "127.0.0000.1", "1.", ".127.0.0.1", "1.2", "1", "1.2.3", "htt://256.255.255.255",
        "aliens://256.255.255.255", "256.255.255.255", "http://256.255.255.255", "255.256.255.255", "255.255.256.255",
        "255.255.255.256", "spotify:1234", "word", ".", "/", "#", ":", "?", "a", "pn./", "pn.", "%%%%.com", "*.com",
        "t🤪w🤪i🤪t🤪c🤪h🤪.🤪t🤪v/foo",
    ])
    func `are no links`(text: String) {
        #expect(!isLink(text))
    }

    /// An address alone is as often a version: it takes a scheme, a port or a path.
    @Test(arguments: [
        "127.0.0.1", "255.255.255.255", "0.0.0.0", "1.1.1.1", "001.001.01.1", "123.246.87.0", "196.168.0.1:",
        "196.168.4.0#?/foo",
    ])
    func `are links for Chatterino, and for us no more than a number`(text: String) {
        #expect(!isLink(text))
    }

    /// Any scheme is a link: programs register their own, and readers replace a wrong one.
    static let schemes = [
        "h://foo.com", "ftp://chatterino.com", "ftps://chatterino.com", "spotify://chatterino.com",
        "httpsx://chatterino.com", "htp://chatterino.com",
    ]
    /// The host is one by itself, whatever stands before it: readers copy it, and browsers take `https:host`.
    static let hostsAfterOtherThings = [
        "https:chatterino.com", "https:/chatterino.com", "http:/chatterino.com", "/chatterino.com", "://chatterino.com",
        "//chatterino.com", "http/chatterino.com", "http/wiki.chatterino.com", "http:cat.com", "https:cat.com",
        "http:/cat.com", "https:/cat.com",
    ]
    /// Browsers go there: a scheme makes any name a host, and numbers may be fewer or octal (WHATWG URL).
    static let hostsWithScheme = [
        "http://pn.", "http://pn./", "https://pn./", "https://127.0.0.", "http://127.0.01",
    ]

    @Test(arguments: schemes + hostsAfterOtherThings + hostsWithScheme)
    func `are no links for Chatterino, and may not pass for us`(text: String) {
        #expect(isLink(text))
    }
}
