internal import PythonPackaging
internal import TOMLDocuments

extension RequestReader {
    /// The name that a project of this machine has in its `pyproject.toml`, without building anything (PEP 621).
    ///
    /// - Throws: for a folder that is not there, and a file that is not TOML.
    func staticName(of reference: DirectReference) throws(RequestError) -> PackageName? {
        guard case .directory(let directory) = reference else { return nil }
        let path = "\(directory.path)/pyproject.toml"
        guard let bytes = try contents(of: path) else {
            guard files.exists(directory.path) else { throw RequestError(.noFile, file: directory.path) }
            return nil
        }
        let project = try document(bytes, file: path)["project"]?.table
        return project?["name"]?.string.flatMap { try? PackageName(parsing: $0) }
    }

    private func contents(of path: String) throws(RequestError) -> [UInt8]? {
        do {
            return try files.contents(of: path)
        } catch {
            throw RequestError(error, file: path)
        }
    }

    /// The tables of a TOML file.
    ///
    /// - Parameter file: for messages.
    func document(_ bytes: [UInt8], file: String) throws(RequestError) -> [String: TOMLNode] {
        let text: String
        do {
            text = try FileText.decode(bytes)
        } catch {
            throw RequestError(error, file: file)
        }
        return try document(text, file: file)
    }

    func document(_ text: String, file: String, firstLine: Int = 1) throws(RequestError) -> [String: TOMLNode] {
        do {
            return try TOMLDocument.read(text)
        } catch {
            throw RequestError(.syntax(error.reason), file: file, line: error.line + firstLine - 1)
        }
    }
}
