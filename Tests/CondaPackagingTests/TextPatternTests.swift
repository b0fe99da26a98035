import CondaPackaging
import Testing

@Suite struct TextPatternTests {
    @Test(arguments: [
        ("py37", ["py37", "PY37"], ["py371", "py3", ""]), ("py*", ["py", "Py37_0"], ["cpy", ""]), ("*", ["", "x"], []),
        ("*_cpython", ["0_cpython", "_cpython"], ["0_cpython1"]), ("*37*", ["py37_0", "37"], ["py36"]),
        ("a*b*c", ["abc", "axxbyyc", "abbc"], ["ab", "acb", "abcd"]), ("**", ["", "x"], []), ("a**b", ["ab", "axb"], ["a"]),
        ("^py3[0-9]+_0$", ["py37_0", "PY310_0"], ["py3_0", "xpy37_0"]), ("^a|b$", ["abc", "xb", "a"], ["xax"]),
        ("^(py|cp)\\d{2,3}$", ["py37", "cp310"], ["py3", "cp3100"]), ("^a?b+c*$", ["b", "abbc", "bcc"], ["a", "ac"]),
        ("^.{3}$", ["abc"], ["ab", "abcd"]), ("^[^a-c]x$", ["dx", "_x"], ["ax", "BX"]), ("^[]a]$", ["]", "a"], ["b"]),
        ("^a\\.b\\*$", ["a.b*"], ["axb*"]), ("^(?:ab){2}$", ["abab"], ["ab"]), ("^\\w+\\s\\D$", ["a_1 x"], ["a 1"]),
        ("^$", [""], ["a"]),
        ("^a{2,}$", ["aa", "aaaa"], ["a"]), ("^.*?cuda.*$", ["x_cuda_1"], ["cud"]),
        ("^h[0-9a-f]{7}_\\d+$", ["h1234abc_10"], ["h1234abg_1"]),
        ("^()*a$", ["a"], ["b"]), ("^(a*)*$", ["", "aaa"], ["b"]),
    ])
    func matching(text: String, matching: [String], others: [String]) throws {
        let pattern = try TextPattern(parsing: text)
        for other in matching { #expect(pattern.matches(other), "\(other)") }
        for other in others { #expect(!pattern.matches(other), "\(other)") }
        #expect(try Coding.value(TextPattern.self, from: Coding.json(pattern)) == pattern)
    }

    @Test(arguments: [
        ("^(a$", 2, TextPatternError.Problem.unclosed("(")), ("^a)$", 3, .unopened), ("^[a$", 2, .unclosed("[")),
        ("^a{2$", 3, .unclosed("{")), ("^a{x}$", 3, .malformed), ("^a{3,2}$", 3, .malformed), ("^[z-a]$", 5, .malformed),
        ("^*$", 2, .nothingToRepeat), ("^a|+$", 4, .nothingToRepeat), ("^(?=a)b$", 3, .unsupported),
        ("^(?<n>a)$", 3, .unsupported),
        ("^(a)\\1$", 6, .unsupported), ("^\\bx$", 3, .unsupported), ("^a{9999}$", 3, .tooComplex),
        ("^((a{99}){99}){99}$", 14, .tooComplex),
    ])
    func refused(text: String, column: Int, problem: TextPatternError.Problem) {
        let error = #expect(throws: TextPatternError.self) { try TextPattern(parsing: text) }
        #expect(error?.text == text && error?.problem == problem)
        #expect(error?.column == column)
    }

    @Test func kinds() throws {
        #expect(try TextPattern(parsing: "a").exactText == "a" && TextPattern(parsing: "a*").exactText == nil)
        #expect(try TextPattern(parsing: "**").isAnything && !TextPattern(parsing: "*a").isAnything)
        #expect(TextPattern(exactly: "a*").matches("a*") && !TextPattern(exactly: "a*").matches("ab"))
        #expect(try TextPattern(exactly: "a*") != TextPattern(parsing: "a*"))
    }

    /// What makes other engines try everything takes no longer than its length here.
    @Test func hostilePatterns() throws {
        let text = String(repeating: "a", count: 2_000)
        #expect(try !TextPattern(parsing: "^(a+)+b$").matches(text))
        #expect(try !TextPattern(parsing: "^(a|a)*(a|aa)+b$").matches(text))
        #expect(try !TextPattern(parsing: String(repeating: "a*", count: 500) + "b").matches(text))
        let deep = "^" + String(repeating: "(", count: 10_000) + String(repeating: ")", count: 10_000) + "$"
        let error = #expect(throws: TextPatternError.self) { try TextPattern(parsing: deep) }
        #expect(error?.problem == .tooComplex)
    }
}
