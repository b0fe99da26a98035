import ObjectStores
import Testing

@Suite struct XMLElementTests {
    @Test func aListing() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- made by hand -->
            <s3:List xmlns:s3="http://example.com/" a='x > y'>
              <Contents><Key>a &amp; b/&#x263a;&#65;</Key><Size>3</Size><Empty/></Contents>
              <Contents><Key><![CDATA[<raw>&]]></Key></Contents>
            </s3:List>
            """
        let root = try #require(XMLElement(parsing: Array(text.utf8)))
        #expect(root.name == "List")
        #expect(root.all("Contents").count == 2)
        #expect(root.all("Contents").map { $0.text("Key") } == ["a & b/☺A", "<raw>&"])
        #expect(root["Contents"]?.text("Size") == "3")
        #expect(root["Contents"]?.text("Empty") == "")
        #expect(root["Contents"]?.text("None") == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a>&unknown;</a>", "<a>&amp</a>", "<a", "<a/><b/>", "<a>\u{0}</a", "<!DOCTYPE a><a/>", "<a>&#xd800;</a>",
        "<>x</>", "<a><![CDATA[x</a>", "<a><!-- x</a>",
    ])
    func whatIsNone(_ text: String) {
        #expect(XMLElement(parsing: Array(text.utf8)) == nil)
    }

    @Test func depthHasALimit() {
        let deep = String(repeating: "<a>", count: 10_000) + String(repeating: "</a>", count: 10_000)
        #expect(XMLElement(parsing: Array(deep.utf8)) == nil)
    }

    @Test(arguments: ["a<b>&\"c", "line\nend\ttab\r", "ü ☺", ""])
    func whatIsEscapedComesBack(_ text: String) {
        #expect(XMLElement(parsing: Array("<a>\(XMLElement.escape(text))</a>".utf8))?.text == text)
    }
}
