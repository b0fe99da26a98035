"""Included files: read once, stored with the run, seen as their content."""

import json
import pickle

import pytest

from penstock._include_file import IncludedFile, IncludeFile, UnreadableIncludedFile
from penstock.exception import MetaflowException

FLOW = '''
import os
from metaflow import Config, FlowSpec, IncludeFile, step

class F(FlowSpec):
    text = IncludeFile("text", default="text.txt", help="some text")
    raw = IncludeFile("raw", default="text.txt", is_text=False)
    latin = IncludeFile("latin", default=lambda ctx: "%s.txt" % ctx.parameter_name, encoding="latin-1")
    parsed = IncludeFile("parsed", default="text.txt", parser="json.loads")
    absent = IncludeFile("absent")
    home = IncludeFile("home", required=True)

    @step
    def start(self):
        self.seen = [self.text, self.raw, self.latin, self.parsed, self.absent, self.home, self.text is self.text]
        os.remove("text.txt")
        try:
            self.text = 3
        except AttributeError as error:
            self.error = str(error)
        self.next(self.end)
    @step
    def end(self):
        self.still = self.parsed

if __name__ == "__main__":
    F()
'''


def test_files_become_part_of_the_run(bench):
    bench.write("text.txt", '{"\u00e4": 1}')
    (bench.folder / "latin.txt").write_bytes(b"\xe4\r\nb")
    bench.write("home.txt", "at home")
    outcome = bench.run(FLOW, "run", plan={"given": {"home": "~/home.txt"}}, environment={"HOME": str(bench.folder)})
    described = {each["name"]: each for each in outcome["hello"]["flow"]["parameters"]}
    fields = ("type", "is_file", "is_text", "encoding", "default")
    assert [tuple(map(each.get, fields)) for each in described.values()] == [
        ("file", True, True, "utf-8", "text.txt"), ("file", True, False, "utf-8", "text.txt"),
        ("file", True, True, "latin-1", None), ("file", True, True, "utf-8", "text.txt"),
        ("file", True, True, "utf-8", None), ("file", True, True, "utf-8", None),
    ]
    assert not outcome["hello"]["configure"]
    start = outcome.one("start")
    assert start.ok, start.err
    raw = '{"\u00e4": 1}'
    assert start.value("seen") == [raw, raw.encode(), "\u00e4\nb", {"\u00e4": 1}, None, "at home", True]
    assert start.value("error") == "'text' is a parameter of the flow and cannot be changed; use another name."
    assert outcome.one("end").value("still") == {"\u00e4": 1}
    kept = start.value("text")
    assert type(kept) is IncludedFile and kept.decode("text") == raw and kept.size == len(raw.encode())
    assert {key: kept.descriptor[key] for key in ("type", "size", "is_text", "encoding")} == {
        "type": "uploader-v2", "size": len(raw.encode()), "is_text": True, "encoding": "utf-8"}
    assert json.dumps(kept.descriptor) and len(pickle.dumps(kept, 4)) < 1000
    assert "Including file ~/home.txt of size 7B" in outcome.one("_parameters").err


@pytest.mark.parametrize("path, words", [
    ("nowhere.txt", "IncludeFile 'f' cannot read nowhere.txt: No such file"),
    (".", "cannot read .: Is a directory"),
    ("s3://bucket/x", "takes the path of a local file, not the address s3://bucket/x"),
    ("a\0b", "cannot read"),
])  # fmt: skip
def test_files_that_cannot_be_read(path, words):
    with pytest.raises(UnreadableIncludedFile, match=words):
        IncludeFile("f").include(path)


def test_bytes_that_are_no_text():
    file = IncludedFile.of("x", b"\xff\xfe\xfa", True, "utf-8")
    with pytest.raises(MetaflowException, match="Artifact 'f': the included file is no text in utf-8"):
        file.decode("f")
    with pytest.raises(MetaflowException, match="no text in nonsense: unknown encoding"):
        IncludedFile.of("x", b"x", True, "nonsense").decode("f")


def test_what_metaflow_has_stored_can_be_read(tmp_path):
    import gzip

    (tmp_path / "blob").write_bytes(gzip.compress(b"old"))
    file = IncludedFile.__new__(IncludedFile)
    file.__setstate__({"_descriptor": {"type": "uploader-v2", "url": "local://%s" % (tmp_path / "blob"), "size": 3,
                                       "is_text": True, "encoding": None}, "_cached_size": None})
    assert file.decode("f") == "old" and file.size == 3
    file.__setstate__({"_descriptor": {"url": "s3://x/y", "size": 3}})
    with pytest.raises(MetaflowException, match="s3://x/y' cannot be read from here"):
        file.decode("f")


def test_declarations_that_make_no_sense():
    with pytest.raises(MetaflowException, match="its default is a path or a function that gives one, not 3"):
        IncludeFile("f", default=3)
