#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compressed files and members of ZIP archives, by every codec: read whole, cut, damaged, in a row.
What the standard library cannot write is written here, byte by byte."""
import bz2
import gzip
import io
import lzma
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib

from command import main, path, records, run, skip, zipped

DOCUMENT = b'<?xml version="1.0"?>\n<a><b>1</b></a>\n'


# -- Compressors ------------------------------------------------------------------------


def lzip(data):
    raw = lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}])
    return (b"LZIP\1\x10" + raw + struct.pack("<LQQ", zlib.crc32(data), len(data), 6 + len(raw) + 20))


def xxh32(data):
    """XXH32 with the seed 0 of fewer than 16 bytes."""
    assert len(data) < 16
    def rotate(n, bits):
        n &= 0xffffffff
        return (n << bits | n >> 32 - bits) & 0xffffffff
    h = 374761393 + len(data)
    while len(data) >= 4:
        h, data = rotate(h + struct.unpack("<L", data[:4])[0] * 3266489917, 17) * 668265263, data[4:]
    for byte in data:
        h = rotate(h + byte * 374761393, 11) * 2654435761
    h &= 0xffffffff
    h = (h ^ h >> 15) * 2246822519 & 0xffffffff
    h = (h ^ h >> 13) * 3266489917 & 0xffffffff
    return h ^ h >> 16


def literals(data):
    """A block of LZ4 that is one run of literals."""
    if len(data) < 15:
        return bytes([len(data) << 4]) + data
    full, rest = divmod(len(data) - 15, 255)
    return b"\xf0" + b"\xff" * full + bytes([rest]) + data


def lz4_frame(blocks, flags=0x40, header=b"", end=b""):
    head = bytes([flags, 0x70]) + header
    return (b"\x04\x22\x4d\x18" + head + bytes([xxh32(head) >> 8 & 0xff]) +
            b"".join(struct.pack("<L", len(b)) + b for b in blocks) + bytes(4) + end)


def lz4(data):
    return lz4_frame([literals(data[i:i + 60000]) for i in range(0, len(data), 60000)])


def compress(data, most=16):
    """What compress(1) writes: codes in eights of one width, and a clear code when all are in use."""
    out, group = bytearray(b"\x1f\x9d" + bytes([0x80 | most])), []
    table, bits = {bytes([i]): i for i in range(256)}, 9
    free = 257

    def flush(width, is_end=False):
        for i in range(0, len(group), 8):
            eight = group[i:i + 8]
            word = sum(code << width * k for k, code in enumerate(eight))
            out.extend(word.to_bytes(-(-width * len(eight) // 8) if is_end else width, "little"))
        group.clear()

    string = b""
    for byte in data:
        longer = string + bytes([byte])
        if longer in table:
            string = longer
            continue
        group.append(table[string])
        if free < 1 << most:
            table[longer] = free
            free += 1
            if free > 1 << bits and bits < most:
                flush(bits)
                bits += 1
        else:
            group.append(256)
            flush(bits)
            table, bits, free = {bytes([i]): i for i in range(256)}, 9, 257
        string = bytes([byte])
    group.append(table[string])
    flush(bits, True)
    return bytes(out)


# A frame of Zstandard, of raw blocks (RFC 8878, 3.1.1): single segment, no check sum.
def zstd(data):
    blocks = [data[i:i + 60000] for i in range(0, len(data), 60000)] or [b""]
    return b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<L", len(data)) + b"".join(
        struct.pack("<L", len(b) << 3 | (b is blocks[-1]))[:3] + b for b in blocks)


CODECS = {
    "gz": gzip.compress, "xz": lzma.compress, "bz2": lambda data: bz2.compress(data, 1), "zst": zstd,
    "lz": lzip, "lz4": lz4, "Z": compress,
}


class Bits:
    """Bits as deflate has them: fields from the lowest bit on, codes from the highest."""
    def __init__(self):
        self.bits = []

    def field(self, value, n):
        self.bits += [value >> i & 1 for i in range(n)]

    def code(self, value, n):
        self.bits += [value >> n - 1 - i & 1 for i in range(n)]

    def literal(self, byte):
        self.code(*((0x30 + byte, 8) if byte < 144 else (0x190 + byte - 144, 9)))

    def match(self, length, distance_code, extra, n_extra):
        """With the last of the codes of lengths, which in Deflate64 has 16 bits."""
        self.code(0xc0 + 5, 8)
        self.field(length - 3, 16)
        self.code(distance_code, 5)
        self.field(extra, n_extra)

    def bytes(self):
        bits = self.bits + [0] * (-len(self.bits) % 8)
        return bytes(sum(bit << i for i, bit in enumerate(bits[k:k + 8])) for k in range(0, len(bits), 8))


def deflate64(data):
    bits = Bits()
    bits.field(3, 3)
    for byte in data:
        bits.literal(byte)
    bits.code(0, 7)
    return bits.bytes()


# -- Files ------------------------------------------------------------------------------


def tarred(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def documents(n, size):
    """Such as do not compress well."""
    key = 1
    made = {}
    for i in range(n):
        text = []
        while len(text) * 9 < size:
            key = key * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
            text.append("%08x" % (key >> 32))
        made["%03d.xml" % i] = ("<a>" + " ".join(text) + "</a>").encode()
    return made


def verdicts(name, *options):
    return [(r["verdict"], r["errors"][0]["code"] if r["errors"] else None) for r in records(name, *options)]


def test_files_by_every_codec_are_read():
    document = documents(1, 150000)["000.xml"]
    for suffix, pack in CODECS.items():
        for name in "a.xml." + suffix, "packed":
            for data in DOCUMENT, document:
                assert verdicts(path(name, pack(data))) == [("wellformed", None)], (name, len(data))
        inner = pack(zipped({"a.xml": DOCUMENT}))
        found = records(path("in.tar", tarred({"a.zip." + suffix: inner, "b.xml." + suffix: pack(DOCUMENT)})))
        assert [r["verdict"] for r in found] == ["wellformed"] * 2, (suffix, found)
        assert found[0]["path"].endswith("in.tar!/a.zip.%s!/a.xml" % suffix), found
        assert verdicts(path("a.xml." + suffix, pack(document)), "--max-document-bytes", "100k") == [
            ("unreadable", "limit-bytes")], suffix


def test_a_tar_that_is_cut_gives_the_documents_before_the_cut():
    whole = tarred(documents(60, 9000))
    for suffix, pack in CODECS.items():
        data = pack(whole)
        n = len(verdicts(path("a.tar." + suffix, data)))
        assert n == 60, (suffix, n)
        for part in 50, 90:
            found = verdicts(path("a.tar." + suffix, data[:len(data) * part // 100]))
            good = [v for v, _ in found].count("wellformed")
            # A block of bzip2 (100 kB at the least) or Zstandard cannot be had in part.
            assert good >= 60 * part // 100 - (20 if suffix == "bz2" else 9 if suffix == "zst" else 3), (suffix, part, good)
            assert good < 60 and found[-1] == ("unreadable", "truncated"), (suffix, part, found[-2:])
            assert len(found) <= good + 2, (suffix, part, found)


def codes(record):
    return [error["code"] for error in record["errors"]]


def test_documents_of_a_compressed_tar_that_is_damaged_say_so():
    whole = tarred(documents(30, 9000))
    for suffix in "gz", "xz", "lz", "bz2":
        data = bytearray(CODECS[suffix](whole))
        data[-30 if suffix == "xz" else -len(data) // 3 if suffix == "bz2" else -18 if suffix == "lz" else -6] ^= 0x55
        found = records(path("a.tar." + suffix, bytes(data)))
        assert found[-1]["verdict"] == "unreadable", (suffix, found[-1])
        good = [r for r in found if r["verdict"] == "wellformed"]
        assert good and all(codes(r) == ["damaged-archive"] for r in good), (suffix, codes(found[-1]), codes(good[0]))


def test_a_compressed_file_that_is_cut_or_has_more_says_so():
    for suffix, pack in CODECS.items():
        if suffix == "Z":
            continue  # it has neither an end nor a sum
        data, name = pack(DOCUMENT), "a.xml." + suffix
        for cut in range(15, len(data) - 1):
            found = verdicts(path(name, data[:cut]))
            assert found == [("unreadable", "truncated")], (suffix, cut, found)
        assert verdicts(path(name, data + bytes(100))) == [("wellformed", None)], suffix
        for rest in b"more", bytes(9) + data:
            assert verdicts(path(name, data + rest)) == [("unreadable", "trailing")], (suffix, rest)
        # Behind zeros nothing may follow but, in .xz files and behind a multiple of four, a stream.
        padded = verdicts(path(name, pack(DOCUMENT[:20]) + bytes(8) + pack(DOCUMENT[20:])))
        assert padded == [("wellformed", None) if suffix == "xz" else ("unreadable", "trailing")], padded
        odd = verdicts(path(name, data + bytes(3)))
        assert odd == [("unreadable", "damaged") if suffix == "xz" else ("wellformed", None)], odd
        twice = pack(DOCUMENT[:20]) + pack(DOCUMENT[20:])
        assert verdicts(path(name, twice)) == [("wellformed", None)], suffix


def test_damage_is_told_where_nothing_that_was_packed_comes_out():
    # The first block of bzip2 holds all, and what comes out of it is in another order.
    whole = bytearray(bz2.compress(tarred(documents(3, 3000))))
    for at in range(100, len(whole) - 20, 97):
        data = whole[:]
        data[at] ^= 0x55
        for name in "a.tar.bz2", "a.bin":
            assert verdicts(path(name, bytes(data))) == [("unreadable", "damaged")], (name, at)
    assert records(path("a.bin", bz2.compress(b"no XML")))[0]["reason"] == "not-xml"


def test_wrong_check_sums_are_told():
    for suffix, at in {"gz": -8, "xz": -20, "lz": -20}.items():
        data = bytearray(CODECS[suffix](DOCUMENT))
        data[at] ^= 1
        assert verdicts(path("a.xml." + suffix, bytes(data)))[0][0] == "unreadable", suffix
    text = b"<a>b</a>"
    sums = struct.pack("<L", xxh32(text))
    name = path("a.xml.lz4", lz4_frame([literals(text)], 0x4c, struct.pack("<Q", len(text)), sums))
    assert verdicts(name) == [("wellformed", None)]
    for flags, header, end in (0x44, b"", b"abcd"), (0x4c, struct.pack("<Q", 9), sums):
        name = path("a.xml.lz4", lz4_frame([literals(text)], flags, header, end))
        assert verdicts(name) == [("unreadable", "crc" if flags == 0x44 else "size")], flags
    block = literals(text)
    summed = path("a.xml.lz4", lz4_frame([], 0x50)[:-4] + struct.pack("<L", len(block)) + block +
                  struct.pack("<L", xxh32(block)) + bytes(4))
    assert verdicts(summed) == [("wellformed", None)]


def test_matches_of_lz4_reach_what_the_frame_allows():
    # Five literals, and four bytes from two back.
    good = b"\x51<a>xy\2\0" + b"\x40</a>"
    assert verdicts(path("a.xml.lz4", lz4_frame([good]))) == [("wellformed", None)]
    for bad in b"\x51<a>xy\6\0\x40</a>", b"\x51<a>xy\0\0\x40</a>", b"\x51<a>xy\2\0", b"\x51<a>xy\2", b"\xf0":
        assert verdicts(path("a.xml.lz4", lz4_frame([bad]))) == [("unreadable", "damaged")], bad
    # In a block of its own a match reaches back to what was before, unless blocks are independent.
    linked = [literals(b"<a>xyxy"), b"\x00\2\0\x40</a>"]
    assert verdicts(path("a.xml.lz4", lz4_frame(linked))) == [("wellformed", None)]
    assert verdicts(path("a.xml.lz4", lz4_frame(linked, 0x60))) == [("unreadable", "damaged")]


def test_codes_of_compress_grow_and_begin_anew():
    document = b"<a>" + documents(1, 250000)["000.xml"][3:]
    for most in 10, 12, 13, 16:
        assert verdicts(path("a.xml.Z", compress(document, most))) == [("wellformed", None)], most
    assert verdicts(path("a.xml.Z", compress(b"<a>" + b" " * 100000 + b"</a>"))) == [("wellformed", None)]
    assert verdicts(path("a.xml.Z", b"\x1f\x9d\x91" + bytes(9))) == [("unreadable", "method")]
    assert verdicts(path("a.xml.Z", b"\x1f\x9d\x90\xff\xff\xff")) == [("unreadable", "damaged")]


def test_skippable_frames_are_skipped_wherever_they_are():
    def frame(n, magic=0x50):
        return bytes([magic]) + b"\x2a\x4d\x18" + struct.pack("<L", n) + bytes(n)
    for suffix in "zst", "lz4":
        data = CODECS[suffix](DOCUMENT)
        half = CODECS[suffix](DOCUMENT[:9]) + frame(5) + CODECS[suffix](DOCUMENT[9:])
        for before in b"", frame(4), frame(0) * 3, frame(100, 0x5f):
            for content in data, data + frame(7), half, half + frame(1) + bytes(4):
                found = verdicts(path("a.xml." + suffix, before + content))
                assert found == [("wellformed", None)], (suffix, before, len(content))
    assert verdicts(path("a.xml.zst", frame(3000) + zstd(DOCUMENT))) == [("wellformed", None)]


def test_a_window_that_is_too_large_says_so():
    huge = b"\x28\xb5\x2f\xfd\0\xa0" + struct.pack("<L", 9 << 3 | 1)[:3] + b"<a>b</a>\n"  # 2^30 bytes
    assert verdicts(path("a.xml.zst", huge)) == [("unreadable", "method")]
    assert verdicts(path("a.xml.zst", huge.replace(b"\0\xa0", b"\0\x98"))) == [("wellformed", None)]
    stored = zip_lzma(DOCUMENT)
    wide = stored[:5] + struct.pack("<L", 1 << 30) + stored[9:]
    assert verdicts(path("a.zip", member("a.xml", 14, wide))) == [("unreadable", "method")]


# -- Members of ZIP ---------------------------------------------------------------------


def member(name, method, stored, document=DOCUMENT, crc=None, flags=0):
    """A ZIP of one member that is compressed by any method."""
    facts = struct.pack("<HHHHHLLLHH", 20, flags, method, 0, 33, zlib.crc32(document) if crc is None else crc,
                        len(stored), len(document), len(name), 0)
    local = b"PK\3\4" + facts + name.encode() + stored
    record = b"PK\1\2" + struct.pack("<H", 20) + facts + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name.encode()
    return local + record + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 1, 1, len(record), len(local), 0)


def zip_lzma(data, end=True):
    """Method 14 (APPNOTE 5.8), with or without an end mark."""
    alone = lzma.compress(data, lzma.FORMAT_ALONE)
    if end:
        return b"\x09\x04\5\0" + alone[:5] + alone[13:]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", data, zipfile.ZIP_LZMA)
    whole = out.getvalue()
    size = struct.unpack("<L", whole[18:22])[0]
    return whole[31:31 + size]


METHODS = {9: deflate64, 12: bz2.compress, 14: zip_lzma, 20: zstd, 93: zstd, 95: lzma.compress}


def test_members_by_every_method_are_read():
    for method, pack in METHODS.items():
        stored = pack(DOCUMENT)
        for name in "a.xml", "a.svg":
            data = member(name, method, stored)
            for content in data, zipped({"in.zip": data}), b"#!/bin/sh\n" + data, tarred({"in.zip": data}):
                assert [v for v, _ in verdicts(path("method.zip", content))] == ["wellformed"], method
        for wrong, code in (member("a.xml", method, stored, crc=1), "crc"), (
                member("a.xml", method, stored, DOCUMENT[:-1]), "size"):
            found = verdicts(path("method.zip", wrong))
            # LZMA ends by the length that is stated; what is left of the data is too much.
            assert found[0][0] == "unreadable" and (method == 14 or found[0][1] == code), (method, found)
        for content in stored[:-9], DOCUMENT, b"":
            found = verdicts(path("method.zip", member("a.xml", method, content)))
            assert found[0][0] == "unreadable" and found[0][1] in ("truncated", "damaged", "size"), (method, found)
        assert verdicts(path("method.zip", member("a.xml", method, stored)), "--max-document-bytes", "20") == [
            ("unreadable", "limit-bytes")], method
        inner = zipped({"b.xml": DOCUMENT})
        found = records(path("method.zip", member("in.zip", method, pack(inner), inner)))
        assert [r["path"].removeprefix(path()) for r in found] == ["method.zip!/in.zip!/b.xml"], found
        assert found[0]["verdict"] == "wellformed", found
    for ended, flags in (True, 2), (False, 0), (True, 0):
        data = member("a.xml", 14, zip_lzma(DOCUMENT, ended), flags=flags)
        assert verdicts(path("method.zip", data)) == [("wellformed", None)], (ended, flags)
    for method, name in {6: "Imploded", 98: "PPMd"}.items():
        error = records(path("method.zip", member("a.xml", method, b"xxxx")))[0]["errors"][0]
        assert error["code"] == "method" and name in error["message"], error


def test_a_member_that_is_a_bomb_is_none():
    bomb = b"<a>" + b" " * (20 << 20) + b"</a>"
    for method, pack in {12: bz2.compress, 14: zip_lzma, 95: lzma.compress}.items():
        data = member("a.xml", method, pack(bomb), bomb)
        assert verdicts(path("bomb.zip", data)) == [("unreadable", "limit-ratio")], method
        assert verdicts(path("bomb.zip", data), "--max-ratio", "0") == [("wellformed", None)], method
        assert verdicts(path("bomb.zip", data), "--max-ratio", "0", "--max-total-bytes", "1M") == [
            ("unreadable", "limit-total")], method


def test_an_archive_is_measured_by_itself():
    """A large one behind a small one unpacks to far more than the small one may, and to no more than it may itself."""
    small, large = tarred({"a.xml": b"<a/>"}), tarred(documents(20, 100000))
    for suffix, pack in ("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress):
        inputs = [path("%d.tar.%s" % (i, suffix), pack(data)) for i, data in enumerate((small, large, small))]
        assert [v for v, _ in verdicts(*inputs)] == ["wellformed"] * 22, suffix
        inner = {"%d.tar.%s" % (i, suffix): pack(data) for i, data in enumerate((small, large, small))}
        for outer in zipped(inner), tarred(inner):
            found = verdicts(path("outer", outer))
            assert [v for v, _ in found] == ["wellformed"] * 22, (suffix, found)


def test_deflate64_reaches_64_kib_back_and_copies_as_much():
    start = b"<a>" + documents(1, 65000)["000.xml"][3:-4]
    size = len(start)
    assert 49153 < size < 65536, size
    bits = Bits()
    bits.field(0, 3)  # a stored block
    bits.bits += [0] * (-len(bits.bits) % 8)
    bits.field(size, 16)
    bits.field(size ^ 0xffff, 16)
    for byte in start:
        bits.field(byte, 8)
    bits.field(3, 3)
    bits.match(60000, 31, size - 3 - 49153, 14)  # from behind "<a>"
    bits.match(3, 30, 0, 14)
    for byte in b"</a>":
        bits.literal(byte)
    bits.code(0, 7)
    text = start
    for length, distance in (60000, size - 3), (3, 32769):
        for _ in range(length):
            text += text[-distance:len(text) - distance + 1]
    text += b"</a>"
    data = bits.bytes()
    assert verdicts(path("far.zip", member("a.xml", 9, data, text))) == [("wellformed", None)]
    for rest in b"x", bytes(50) + b"x", b"x" * 5000, bytes(5000) + b"x":
        found = verdicts(path("far.zip", member("a.xml", 9, data + rest, text)))
        assert found == [("unreadable", "trailing")], found
    early = Bits()
    early.field(3, 3)
    early.match(3, 0, 0, 0)
    found = verdicts(path("far.zip", member("a.xml", 9, early.bytes() + bytes(8), b"xxx")))
    assert found == [("unreadable", "damaged")], found


def test_deflate64_may_end_at_any_bit_of_its_last_byte():
    for n in range(8):
        document = ("<a>" + "\u0100" * n + "</a>").encode()  # each with one literal of nine bits
        data = deflate64(document)
        assert verdicts(path("end.zip", member("a.xml", 9, data, document))) == [("wellformed", None)], n
        found = verdicts(path("end.zip", member("a.xml", 9, data[:-1], document)))
        assert found == [("unreadable", "truncated")], (n, found)


def test_what_7z_packs_is_read():
    if not shutil.which("7z"):
        skip("there is no 7z to make archives with")
    made = documents(4, 70000)
    for name, document in made.items():
        path("7z/" + name, document.replace(b"e", b"") + b"<!--" + document * 2 + b"-->")
    for method in "Deflate64", "BZip2", "LZMA", "XZ":
        for level in "-mx1", "-mx9":
            packed = path(method + level + ".zip")
            subprocess.run(["7z", "a", "-tzip", "-mm=" + method, level, packed, path("7z")], check=True,
                           timeout=60, stdout=subprocess.DEVNULL)
            found = [v for v, _ in verdicts(packed)]
            assert found.count("wellformed") == 4 and found.count("unreadable") == 0, (method, found)


main()
