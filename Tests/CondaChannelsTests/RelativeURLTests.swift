import Testing

import CondaChannels

/// Addresses inside of repodata.
@Suite struct RelativeURLTests {
    @Test(arguments: [
        ("", "https://a.example/c/linux-64"),
        ("./shards/", "https://a.example/c/linux-64/shards"),
        ("../../x", "https://a.example/x"),
        ("/x/y", "https://a.example/x/y"),
        ("https://b.example/z/", "https://b.example/z"),
        ("../../../x", nil),
        ("ftp://b.example/z", nil),
        ("https:///", nil), ("http:///x", nil), ("file:///", nil), ("file:///x/", "file:///x"),
        ("a b", nil),
    ])
    func areResolved(text: String, expected: String?) {
        #expect(RelativeURL.resolve(text, in: "https://a.example/c/linux-64") == expected)
    }
}
