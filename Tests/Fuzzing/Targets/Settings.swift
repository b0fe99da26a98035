@testable import PackageSources

extension FuzzTarget {
    static let settings: [FuzzTarget] = [
        FuzzTarget(name: "netrc", seeds: { ["machine h login \"a b\" password p # c\nmacdef m\nx\n\ndefault login d password e\n".seed] }, words: ["machine ", "login ", "password ", "macdef ", "default "]) {
            _ = NetrcFile(parsing: $0.text).credentials(for: "h")
        },
        FuzzTarget(name: "pip-conf", seeds: { ["[global]\nindex-url = https://h/\nextra-index-url:\n  a\n  b\n; c\n[install]\nno-index=1\n".seed] }, words: ["[install]\n", "extra-index-url", "\n  "]) {
            guard let configuration = try? PipConfiguration(parsing: $0.text, file: "pip.conf") else { return }
            _ = (configuration["index-url"], configuration.list("extra-index-url"))
        },
        FuzzTarget(name: "uv-toml", seeds: { ["index-strategy = \"first-index\"\n[[index]]\nname = \"a\"\nurl = \"https://h/\"\nexplicit = true\n[pip]\nno-index = true\n".seed] }, words: ["[[index]]\n", "url = ", "default = true\n"]) {
            _ = try? UVConfiguration(parsing: $0.text, file: "uv.toml")
        },
        FuzzTarget(name: "ip-network", seeds: { ["10.0.0.0/8".seed, "fe80::1/64".seed] }) { _ = IPNetwork($0.text[...]) },
    ]
}
