import CondaPackaging
import Diagnostics
import Resolution
import Testing

/// How the packages of `@conda` are read.
@Suite struct CondaRequirementTests {
    @Test(arguments: [
        ("p", "1.2", "p ==1.2"), ("p", "==1.2", "p ==1.2"), ("p", "=1.2", "p 1.2.*"), ("p", "1.2.*", "p 1.2.*"), ("p", "*", "p"),
        ("p", "", "p"), ("p", "latest", "p"), ("p", " >=1,<2", "p >=1,<2"), ("p", "1.2,<2", "p ==1.2,<2"), ("p", "~=1.2", "p ~=1.2"),
        ("p", "!=1.2", "p !=1.2"), ("p", "1.2|>=3", "p ==1.2|>=3"), ("p", "1.2=build", "p ==1.2 build"), ("p", "==1.2=py312*", "p ==1.2 py312*"),
        ("p", "1.2.*=py*", "p 1.2.* py*"), ("p", ">=1.2=*_0", "p >=1.2 *_0"), ("ch::p", "1", "ch::p ==1"), ("Pillow", "10", "pillow ==10"),
        ("p[build_number='>=3']", "", #"p[build_number=">=3"]"#),
    ])
    func forms(key: String, value: String, text: String) throws {
        #expect(try CondaRequirement(fromPackagesDictionary: key, value: value).text == text)
    }

    @Test(arguments: ["https://host/ch/linux-64/p-1.0-0.conda", "@ https://host/ch/linux-64/p-1.0-0.conda", "file:///ch/noarch/p-1.0-0.tar.bz2"])
    func archives(value: String) throws {
        let read = try CondaRequirement(fromPackagesDictionary: "p", value: value)
        #expect(read.spec.details.url == value.replacing("@ ", with: ""))
        #expect(read.spelled == "'p': '\(value)'")
    }

    @Test(arguments: [
        ("p", ">=", "'p': '>='"), ("p", "1.2=", "'p': '1.2='"), ("", "1", "'': '1'"), ("p*", "1", "a pattern"), ("p q", "1", "'p q': '1'"),
        ("q", "https://host/ch/linux-64/p-1.0-0.conda", "one of 'p'"), ("p", "https://host/p.zip", "not a match spec"),
    ])
    func wrong(key: String, value: String, part: String) {
        let error = #expect(throws: CondaRequirementError.self) {
            try CondaRequirement(fromPackagesDictionary: key, value: value, asker: Asker("step 'a' (@conda)", file: "flow.py", line: 3))
        }
        #expect(error?.diagnostic.headline.contains(part) == true, "\(String(describing: error))")
        #expect(error?.diagnostic.line == 3)
    }
}
