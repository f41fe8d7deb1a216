#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is a document and what is none, and which archives are read: files, directories and archives
as people and their programs make them."""
import gzip
import io
import os
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib

from command import main, path, records, run, skip, zipped

DOCUMENT = b'<?xml version="1.0"?>\n<a><b>1</b></a>\n'
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
ZEROS = bytes(1024)


def tarred(entries, format=tarfile.USTAR_FORMAT, encoding="utf-8"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format, encoding=encoding) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def verdict(record):
    """(verdict, code): the first fault of what is unreadable, the reason of what is skipped."""
    if record["verdict"] == "unreadable":
        return "unreadable", record["errors"][0]["code"]
    return record["verdict"], record.get("reason")


def told(name, content):
    """How the file is judged alone, in a directory, in a ZIP and in a tar: once, if all agree."""
    folder = "d-" + name.replace("/", "-")
    alone = path(folder + "/" + name, content)
    inputs = [alone, path(folder), path(folder + ".in.zip", zipped({name: content})),
              path(folder + ".in.tar", tarred({name: content}))]
    found = [sorted((verdict(r) for r in records(i)), key=str) for i in inputs]
    assert all(f == found[0] for f in found), (name, found)
    assert len(found[0]) == 1, (name, found[0])
    return found[0][0]


def test_text_with_tags_is_a_document_only_if_it_may_be_xml():
    none = {
        "a.php": b'<?php\necho "x";\n', "b.inc": b"<?PHP echo 1 ?>", "c.inc": b"<?= $x ?>",
        "README.md": b'<p align="center">\n<b>x</b></p>\n\n## Use\n', "note": b"<b>x</b> and <i>y</i>\n",
        "a.tpl": b"<div><br></div>", "b.tpl": b"<input disabled>", "c.tpl": b"<a href=x>y</a>",
        "a.dtd": b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a -->\n<!ELEMENT a (b)>\n',
        "b.dtd": b"<!-- a -->\n<!ENTITY % a 'b'>", "c.txt": b"<!ELEMENT a (b)>", "d.txt": b"<![ INCLUDE [",
        "mail": b"<jo@example.org> wrote:\n> hi\n", "link": b"<https://example.org/>\n",
        "a.sgml": b'<!DOCTYPE a PUBLIC "-//A//DTD A//EN">\n<a><b>x</a>', "b.sg": b"<!doctype a>\n<a>x</a>",
    }
    for name, content in none.items():
        assert told(name, content) == ("skipped", "not-xml"), (name, told(name, content))
    html = {"a": b"<!-- saved -->\n<html><body>x<br>y</body></html>", "b": b"<!-- --> <!DOCTYPE html>\n<p>",
            "c.html": b"<div>x</div>"}
    for name, content in html.items():
        assert told(name, content) == ("skipped", "html"), name
    good = {
        "a.rdf": b"<a/>", "b": b"<!-- a --> <a b='1' c = \"2>\"><![CDATA[<x>]]><?p q?></a> <!-- b --> <?p?>",
        "c.txt": b'<!DOCTYPE a SYSTEM "a.dtd">\n<a/>', "d": b'<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>',
        "e.xsl": b'<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"/>',
        "f.md": b'<?xml version="1.0"?><a/>', "g": b'<?xml-stylesheet href="a"?><a/>',
        "h": b"\xef\xbb\xbf<a/>", "i": "<a/>".encode("utf-16"), "j": b"<a>" + b"<b>x</b>" * 500 + b"</a>",
    }
    for name, content in good.items():
        assert told(name, content)[0] == "wellformed", name
    # What says that it is XML, by a declaration or by its name, is a document that is wrong.
    for name, content in {"a": b'<?xml version="1.0"?>\n<a><b></a>', "b.svg": b"<svg width=1/>",
                          "c.gpx": b"<gpx><b></gpx>", "d.xml": b"<?php echo 1 ?>",
                          "e": b"<a>" + b"<b>x</b>" * 500}.items():
        assert told(name, content)[0] == "malformed", name


def test_what_macos_keeps_of_a_file_is_no_document():
    double = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(90)
    for name in "__MACOSX/._a.xml", "._a.xml", "._a.zip", "b.dat":
        assert verdict(records(path("mac.zip", zipped({name: double})))[0]) == ("skipped", "not-xml"), name
    assert told("._a.xml", double) == ("skipped", "not-xml")
    assert told("._b.xml", DOCUMENT)[0] == "wellformed"
    assert told("c.xml", double)[0] == "malformed"


def test_a_document_named_as_an_archive_is_told():
    for suffix in "zip", "mxl", "kmz", "war", "epub", "docx", "odt", "jar", "7z", "tar", "tgz", "KMZ":
        for content in DOCUMENT, b"<Error/>", b"<!DOCTYPE html><p>Sorry", b"sorry":
            assert told("a." + suffix, content) == ("unreadable", "damaged"), (suffix, content)
    assert told("a.zip.xml", DOCUMENT)[0] == "wellformed"
    assert told("a.xml.gz", DOCUMENT)[0] == "wellformed"  # as a server unpacks it on the way


def test_an_office_document_with_a_password_is_encrypted():
    for name in "a.xlsx", "a.docx", "a.pptm", "a.ods":
        assert told(name, OLE2) == ("unreadable", "encrypted"), name
    assert told("a.doc", OLE2) == ("skipped", "not-xml")


def test_formats_that_are_not_read_are_named():
    foreign = {
        "rar": b"Rar!\x1a\x07\x01\0", "cab": b"MSCF\0\0\0\0", "legacy.lz4": b"\x02\x21\x4c\x18",
        "lzma": b"]\0\0\x80\0" + b"\xff" * 8 + bytes(9), "v0.lz": b"LZIP\0", "H.Z": b"\x1f\xa0",
        "z": b"\x1f\x1e", "rpm": b"\xed\xab\xee\xdb", "deb": b"!<arch>\n", "crc.cpio": b"070702",
        "xar": b"xar!\0\x1c", "wim": b"MSWIM\0\0\0",
        "arj": b"\x60\xea\x28\0", "lzh": b"\x20\0-lh5-", "zoo": b"ZOO 2.10 Archive.\x1a\0\0\xdc\xa7\xc4\xfd",
        "ace": b"1234567**ACE**", "lzo": b"\x89LZO\0\r\n\x1a\n",
        "sz": b"\xff\x06\0\0sNaPpY", "lrz": b"LRZI\0", "squashfs": b"hsqs", "warc": b"WARC/1.0\r\n",
        "skipped.lz4": b"\x52\x2a\x4d\x18\2\0\0\0ab\x02\x21\x4c\x18",
    }
    for name, content in foreign.items():
        content = content.ljust(40, b"\0")
        for full in "a." + name, name.replace(".", "-"):
            assert told(full, content) == ("unreadable", "format"), full
    iso = bytes(32768) + b"\1CD001\1" + bytes(2041)
    dmg = bytes(1000) + b"koly" + bytes(508)
    for name, content in {"a.iso": iso, "a.dmg": dmg}.items():
        assert told(name, content) == ("unreadable", "format"), name
    assert told("a.xml.br", b"\x0b\x02\x80") == ("unreadable", "format")
    for content in iso, dmg:
        assert verdict(records(path("image.bin", content))[0]) == ("unreadable", "format")
    # What only resembles one of them is data like any other.
    for content in b"\x60\xea\xff\xff", b"\x71\xc7\x71\xc7", b"]\0\0\x80\0" + b"\xff" * 8 + b"\1" * 20, b"07070":
        assert told("data.bin", content) == ("skipped", "not-xml"), content


def test_volumes_are_named():
    for name in "a.7z.002", "a.zip.002", "a.z01", "a.r00", "a.tar.003":
        assert told(name, b"\1\2\3") == ("unreadable", "split"), name
    assert told("a.xml.001", b"\1\2\3") == ("skipped", "not-xml")
    assert told("a.1001", b"\1\2\3") == ("skipped", "not-xml")


# -- ZIP --------------------------------------------------------------------------------


def paths(name):
    return sorted((r["path"].removeprefix(path()).split("!/", 1)[-1], r["verdict"]) for r in records(name))


def test_a_zip_behind_something_else_is_read_wherever_it_is():
    inner = zipped({"a.xml": DOCUMENT})
    for before in b"\n", b"\xef\xbb\xbf", b"<br />\n<b>Notice</b>: x\n", b"HTTP/1.1 200 OK\r\n\r\n", b"<?xml x", b"#!/bin/sh\n":
        for where in (path("prefix/a.zip", before + inner),
                      path("prefix.in.zip", zipped({"a.zip": before + inner})),
                      path("prefix.in.tar", tarred({"a.zip": before + inner}))):
            found = records(where)
            assert [r["verdict"] for r in found] == ["wellformed"], (before, where, found)
            assert found[0]["path"].endswith("a.zip!/a.xml"), found
        folder = os.path.dirname(path("prefix/a.zip", before + inner))
        assert [r["verdict"] for r in records(folder)] == ["wellformed"], before
        os.remove(path("prefix/a.zip"))


def test_a_zip_behind_something_else_needs_no_name():
    inner = zipped({"a.xml": DOCUMENT})
    for before in b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n\r\n", b"Content-Type: x\n\n", b"--b=1\r\n\r\n":
        for pack in zipped, tarred, lambda entries: gzip.compress(tarred(entries)):
            made = path("message", pack({"a.dat": before + inner, "b.dat": before}))
            assert paths(made) == [("a.dat!/a.xml", "wellformed"), ("b.dat", "skipped")], before
    for before in b"HTTP/1.1 200 OK\r\n\r\n", b"\0\1\2", b"anything":
        folder = os.path.dirname(path("unnamed/a.dat", before + inner))
        path("unnamed/b", before)
        assert sorted(r["verdict"] for r in records(folder)) == ["skipped", "wellformed"], before


def test_a_document_of_more_than_two_gibibytes_has_to_be_split():
    os.truncate(path("huge.xml", b"<a>"), 3 << 30)
    error, = records(path("huge.xml"))[0]["errors"]
    os.remove(path("huge.xml"))
    assert error["code"] == "limit-bytes" and "split it" in error["message"], error
    assert "raise" not in error["message"], error


def test_a_program_with_a_zip_at_its_end_is_read_wherever_it_is():
    for head in b"MZ\x90\0", b"\x7fELF", b"#!/bin/sh\n":
        program = head + bytes(100) + zipped({"a.xml": DOCUMENT})
        for pack in zipped, tarred, lambda entries: gzip.compress(tarred(entries)):
            made = path("program", pack({"setup.exe": program, "other.exe": head + bytes(100)}))
            assert paths(made) == [("other.exe", "skipped"), ("setup.exe!/a.xml", "wellformed")], head


def test_a_zip_whose_end_can_be_read_in_two_ways_is_not_trusted():
    """The documents are read, and the archive has a record that says why it may not be all of it."""
    def end_at(directory, size, comment):
        return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, size, directory, len(comment)) + comment

    one = zipped({"a.xml": "<a/>"}, zipfile.ZIP_STORED)
    at = one.index(b"PK\x01\x02")
    directory = one[at:-22]
    other = zipped({"b.xml": "<b/>"}, zipfile.ZIP_STORED)
    member, listed = other[:other.index(b"PK\x01\x02")], other[other.index(b"PK\x01\x02"):-22]
    # The comment holds a directory of another member, with an end record of its own.
    listed = listed[:42] + struct.pack("<L", len(one)) + listed[46:]
    comment = member + listed + end_at(len(one) + len(member), len(listed), b"")
    plain = one[:at] + directory + end_at(at, len(directory), b"a comment")
    for content, doubt in (
            (plain, None), (plain + b"\0\0\n", None),
            (one[:at] + directory + end_at(at, len(directory), comment),
             "it has two directories, each with an end record that fits"),
            (plain[:-1], "its comment is cut off"), (plain + b"\0x", "there are other bytes behind its end")):
        found = records(path("ends.zip", content))
        assert [r["verdict"] for r in found if r["path"].endswith("a.xml")] == ["wellformed"], (doubt, found)
        assert len(found) == (2 if doubt else 1), (doubt, found)
        if doubt:
            error = [r for r in found if r["verdict"] == "unreadable"][0]["errors"][0]
            assert error["code"] == "directory" and error["message"].endswith(doubt), (doubt, error)


def test_what_a_deleted_entry_leaves_is_a_gap():
    whole = zipped({"old.xml": b"<old/>", "new.xml": DOCUMENT}, zipfile.ZIP_STORED)
    at = whole.index(b"PK\1\2")
    second = whole.index(b"PK\1\2", at + 1)
    end = whole.index(b"PK\5\6")
    for keep in (at, second), (second, end):
        record = whole[keep[0]:keep[1]]
        cut = whole[:at] + record + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 1, 1, len(record), at, 0)
        assert [v for _, v in paths(path("gap.zip", cut))] == ["wellformed"]
    both = zipped({"a.xml": DOCUMENT}) + zipped({"b.xml": DOCUMENT})
    assert [v for _, v in paths(path("both.zip", both))] == ["wellformed", "unreadable"]


def test_two_records_of_one_member_are_read_once():
    whole = zipped({"a.xml": DOCUMENT, "b.xml": DOCUMENT})
    at, end = whole.index(b"PK\1\2"), whole.index(b"PK\5\6")
    directory = whole[at:end]
    one = directory[:directory.index(b"PK\1\2", 1)]
    for more in one, one * 3:
        twice = directory + more
        n = 2 + len(more) // len(one)
        data = whole[:at] + twice + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, n, n, len(twice), at, 0)
        found = records(path("twice.zip", data))
        assert [r["verdict"] for r in found] == ["wellformed"] * 2 + ["unreadable"] * (n - 2)
        assert all("twice" in r["errors"][0]["message"] for r in found[2:])


def test_a_backslash_alone_does_not_make_a_name_unsafe():
    def codes(name):
        return [e["code"] for e in records(path("slash.zip", zipped({name: DOCUMENT})))[0]["errors"]]
    assert codes("dir\\a.xml") == codes("a\\b\\c.xml") == []
    for name in "..\\a.xml", "a\\..\\..\\b.xml", "\\a.xml", "c:\\a.xml", "a\\../b.xml":
        assert codes(name) == ["unsafe-name"], name


def cpio(entries, form):
    """An archive of cpio: odc and newc in ASCII, bin in either byte order."""
    out = b""
    for i, (name, data) in enumerate([*entries.items(), ("TRAILER!!!", b"")]):
        name, mode = name.encode() + b"\0", 0o100644 if data else 0
        if form == "odc":
            numbers = (1, i, mode, 0, 0, 1, 0)
            out += b"070707" + b"".join(b"%06o" % n for n in numbers) + b"%011o%06o%011o" % (0, len(name), len(data))
            out += name + data
        elif form == "newc":
            numbers = (i, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
            head = b"070701" + b"".join(b"%08x" % n for n in numbers) + name
            out += head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
        else:
            out += struct.pack(form[0] + "13H", 0o070707, 1, i, mode, 0, 0, 1, 0, 0, 0, len(name), 0, len(data))
            out += name + bytes(len(name) % 2) + data + bytes(len(data) % 2)
    return out + bytes(-len(out) % 512)


def test_cpio_is_read_in_all_its_forms():
    for form in "odc", "newc", "<bin", ">bin":
        data = cpio({"a.xml": DOCUMENT, "b/c": DOCUMENT + b" ", "d": b"no"}, form)
        good = [("b/c", "wellformed"), ("a.xml", "wellformed"), ("d", "skipped")]
        for name, content in ("a.cpio", data), ("a.cpio.gz", gzip.compress(data)), ("b", data + bytes(3000)):
            assert paths(path(name, content)) == sorted(good), (form, name)
        inside = records(path("in.zip", zipped({"a.cpio": data})))
        assert [r["verdict"] for r in inside] == ["wellformed"] * 2 + ["skipped"], form
        for rest in b"x", data:
            found = [verdict(r) for r in records(path("a.cpio", data + rest))]
            assert found[-1] == ("unreadable", "trailing") and len(found) == 4, (form, found)
        for cut in range(120, data.index(b"TRAILER"), 7):
            found = [verdict(r) for r in records(path("a.cpio", data[:cut]))]
            assert found[-1] in (("unreadable", "truncated"), ("unreadable", "damaged")), (form, cut, found)
    assert told("a.txt", b"07070 1") == ("skipped", "not-xml")


def test_names_are_read_as_the_user_says_they_are_encoded():
    def shown(data, *options, name="a.zip"):
        return [r["path"].split("!/")[1] for r in records(path(name, data), *options)]
    def stored(raw, flags=0, extra=b""):
        out = zipped({"x" * len(raw): DOCUMENT})
        out = out.replace(b"x" * len(raw), raw)
        at = out.index(b"PK\1\2")
        directory = bytearray(out[at:out.index(b"PK\5\6")])
        local = bytearray(out[:at])
        local[7] |= flags
        directory[9] |= flags
        directory[30:32] = struct.pack("<H", len(extra))
        end = bytearray(out[out.index(b"PK\5\6"):])
        end[12:16] = struct.pack("<L", len(directory) + len(extra))
        return bytes(local + directory + extra + end)
    names = {"cp866": "\u041f\u0440\u0438\u0432\u0435\u0442.xml", "shift_jis": "\u8868\u30bd.xml", "gbk": "\u4e2d\u6587.xml",
             "cp437": "Stra\xdfe.xml", "windows-1252": "\u20ac.xml", "big5": "\u4e2d.xml", "UTF-8": "\xe9.xml"}
    for encoding, name in names.items():
        raw = name.encode(encoding)
        assert shown(stored(raw), "--names-encoding", encoding) == [name], encoding
        old = tarred({name.encode(encoding).decode("utf-8", "surrogateescape"): DOCUMENT}, encoding="utf-8")
        assert shown(old, "--names-encoding", encoding, name="a.tar") == [name], encoding
    name = "\u041f.xml"
    # What says that it is UTF-8 is.
    assert shown(stored(name.encode(), flags=8), "--names-encoding=cp866") == [name]
    assert shown(tarred({name: DOCUMENT}, tarfile.PAX_FORMAT), "--names-encoding=cp866", name="p.tar") == [name]
    raw = name.encode("cp866")
    field = b"\1" + struct.pack("<L", zlib.crc32(raw)) + "\xe9.xml".encode()
    unicode = struct.pack("<HH", 0x7075, len(field)) + field
    assert shown(stored(raw, extra=unicode), "--names-encoding=cp866") == ["\xe9.xml"]
    # What is not in the encoding is shown as without it.
    assert shown(stored(b"\xff\xff.xml"), "--names-encoding=shift_jis") == shown(stored(b"\xff\xff.xml"))
    assert shown(stored(b"a.xml"), "--names-encoding=cp866") == ["a.xml"]
    # Names still match globs, and directories, as they are shown.
    assert shown(stored(names["cp866"].encode("cp866")), "--names-encoding=cp866", "--include",
                 names["cp866"]) == [names["cp866"]]
    for wrong in "no-such", "", "/", "UTF-8//TRANSLIT":
        failed = run(path("a.zip"), "--names-encoding=" + wrong, check=(2,)).stderr.decode()
        assert "names-encoding" in failed and "iconv -l" in failed, failed
    # A slash is a byte of its own in every archive.
    for wrong in "utf-16", "UTF-16LE", "utf-32", "ucs-2", "ucs-4be", "cp037", "unicode":
        failed = run(path("a.zip"), "--names-encoding=" + wrong, check=(2,)).stderr.decode()
        assert "'%s' has other bytes for '/'" % wrong in failed, failed


# -- tar, compressed files, 7z ----------------------------------------------------------


def test_zeros_are_an_empty_tar():
    for content in bytes(10240), ZEROS:
        assert told("a.tar", content) == ("skipped", "empty")
    assert verdict(records(path("b.tgz", gzip.compress(bytes(10240))))[0]) == ("skipped", "empty")
    assert run(path("a.tar", bytes(10240))).returncode == 1
    assert verdict(records(path("c.tar", bytes(3 << 20)))[0]) == ("unreadable", "damaged")
    assert told("a.dat", bytes(10240)) == ("skipped", "not-xml")


def test_a_tar_ends_where_its_end_mark_is():
    whole = tarred({"a.xml": DOCUMENT})
    content = whole[:1024] + ZEROS
    for rest in b"\1left over\2".ljust(512, b"x"), b"x" * (10240 - len(content)):
        for name, data in ("old.tar", content + rest), ("old.tar.gz", gzip.compress(content + rest)):
            assert [r["verdict"] for r in records(path(name, data))] == ["wellformed"], (name, len(rest))
    for rest in whole, b"x" * 10240, zipped({"b.xml": DOCUMENT}):
        for name, data in ("old.tar", content + rest), ("old.tar.gz", gzip.compress(content + rest)):
            found = [verdict(r) for r in records(path(name, data))]
            assert found[0][0] == "wellformed" and found[1] == ("unreadable", "trailing"), (name, found)


def sevenzip(name, *options, files=4):
    if not shutil.which("7z"):
        skip("there is no 7z to make archives with")
    for i in range(files):
        path("7z/%d.xml" % i, DOCUMENT)
    made = path(name)
    if os.path.exists(made):
        os.remove(made)
    subprocess.run(["7z", "a", *options, made, "."], cwd=os.path.dirname(path("7z/0.xml")), timeout=60,
                   stdout=subprocess.DEVNULL, check=True)
    with open(made, "rb") as file:
        return made, file.read()


def test_each_member_of_a_7z_has_its_record():
    name, _ = sevenzip("secret.7z", "-psecret")
    assert sorted(map(verdict, records(name))) == [("unreadable", "encrypted")] * 4
    name, data = sevenzip("broken.7z", "-ms=off", "-mx=0")
    assert [r["verdict"] for r in records(name)] == ["wellformed"] * 4
    found = [r["verdict"] for r in records(path("broken.7z", data.replace(DOCUMENT, DOCUMENT.upper(), 1)))]
    assert sorted(found) == ["unreadable"] + ["wellformed"] * 3, found
    name, data = sevenzip("solid.7z", "-m0=LZMA2")
    found = records(path("solid.7z", data[:40] + b"\xff" + data[41:]))
    assert len([r for r in found if r["path"].endswith(".xml")]) == 4, found
    assert any(r["verdict"] == "unreadable" for r in found)


def test_a_7z_in_an_archive_is_read_where_it_lies_and_no_further():
    _, data = sevenzip("whole.7z")
    for pack in (lambda entries: zipped(entries, zipfile.ZIP_STORED), zipped, tarred,
                 lambda entries: gzip.compress(tarred(entries))):
        found = records(path("outer", pack({"a.xml": DOCUMENT, "in.7z": data, "z.xml": DOCUMENT})))
        assert sorted((r["path"].split("!/", 1)[1], r["verdict"]) for r in found) == sorted(
            [("in.7z!/%d.xml" % i, "wellformed") for i in range(4)] +
            [("a.xml", "wellformed"), ("z.xml", "wellformed")]), found
        for cut in 1, 20, len(data) // 2:
            found = records(path("outer", pack({"a.xml": DOCUMENT, "in.7z": data[:-cut], "z.xml": DOCUMENT})))
            assert [verdict(r) for r in found] == [("wellformed", None), ("unreadable", "truncated"),
                                                   ("wellformed", None)], (cut, found)


def test_what_follows_a_7z_is_told():
    _, data = sevenzip("whole.7z")
    for rest in b"x", data, DOCUMENT:
        found = [verdict(r) for r in records(path("two.7z", data + rest))]
        assert found == [("wellformed", None)] * 4 + [("unreadable", "trailing")], found


def test_a_7z_that_is_not_whole_says_so():
    _, data = sevenzip("whole.7z")
    empty = struct.pack("<L", zlib.crc32(bytes(20))) + bytes(20)
    assert told("a.7z", data[:8] + empty) == ("skipped", "empty")
    assert told("a.7z", data[:8] + bytes(24)) == ("unreadable", "truncated")
    for at in 9, 13, 21, 29:
        assert told("a.7z", data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]) == ("unreadable", "crc"), at
    assert told("a.7z", data[:32]) == ("unreadable", "truncated")
    assert told("a.7z", data[:8] + bytes(24) + data[32:]) == ("unreadable", "truncated")
    assert told("a.7z", data[:-1]) == ("unreadable", "truncated")
    assert told("a.7z", data[:20]) == ("unreadable", "truncated")
    assert told("a.7z.001", data[:-1]) == ("unreadable", "split")


main()
