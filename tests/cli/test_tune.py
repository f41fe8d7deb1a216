#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`thresh tune`: what it prints says the same thing in the table, the recommendation, the JSON and
the drawing, its dollars are those of src/cli/tune/prices.json, and what it cannot do it says. How
long anything took is nobody's business here."""
import json
import math
import os
import pty
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from command import LIMIT, SOURCE, THRESH, archive, backends, full_device, main, path

SIZES = [128, *range(256, 10241, 256)]
SAME = 1.02  # two predictions this close count as one
with open(os.path.join(SOURCE, "src", "cli", "tune", "prices.json"), encoding="ascii") as prices_file:
    PRICES = json.load(prices_file)


SMALL = archive("small.zip", {"%d.xml" % i: "<r>%s</r>" % "".join("<c>%d</c>" % k for k in range(20))
                              for i in range(12)})
path("r.xsd", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r">
<xs:complexType><xs:sequence><xs:element name="c" type="xs:int" maxOccurs="unbounded"/></xs:sequence>
</xs:complexType></xs:element></xs:schema>""")


def tune(*arguments, status=0, stdout=subprocess.PIPE):
    process = subprocess.run([THRESH, "tune", "--seconds", "0.05", *arguments], stdout=stdout,
                             stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False,
                             timeout=LIMIT)
    assert process.returncode == status, (arguments, process.returncode, process.stderr)
    return process


def told(*arguments):
    return json.loads(tune(*arguments, "--json").stdout)


def dollars(row, processor):
    billed = math.ceil(row["ms"] / PRICES["billed_ms_step"]) * PRICES["billed_ms_step"]
    gb_seconds = row["mb"] / PRICES["mb_per_gb"] * billed / 1000
    return 1000 * (gb_seconds * PRICES["gb_second"][processor] + PRICES["request"])


def check_rows(result):
    rows, measured = result["predicted"], result["measured"]
    assert [(r["mb"], r["workers"]) for r in rows] == [(mb, w) for mb in SIZES for w in range(1, 7)]
    assert [m["workers"] for m in measured] == list(range(1, len(measured) + 1))
    assert all(m["wall_ms"] > 0 and m["cpu_ms"] > 0 and m["peak_mb"] > 0 for m in measured), measured
    peaks = [m["peak_mb"] for m in measured]
    for row in rows:
        assert row["fits"] == (row["peak_mb"] <= 0.85 * row["mb"]), row
        assert row["extrapolated"] == (row["workers"] > len(measured)), row
        for processor in ("x86_64", "arm64"):
            cost = row[processor + "_usd_per_1000"]
            # A time that JSON has rounded may be on the other side of a whole millisecond.
            step = row["mb"] / 1024 * PRICES["gb_second"][processor] * 1.001
            assert abs(cost - dollars(row, processor)) <= step, (row, dollars(row, processor))
        # Of numbers of workers that were not run: a straight line on, and of one number, as much for each.
        if row["extrapolated"]:
            first, last = peaks[0], peaks[-1]
            each = max(last - first, 0) / (len(peaks) - 1) if len(peaks) > 1 else first
            assert abs(row["peak_mb"] - last - each * (row["workers"] - len(peaks))) < 0.001, (row, peaks)
        else:
            assert row["peak_mb"] == peaks[row["workers"] - 1], (row, peaks)
    for few, many in zip(rows, rows[6:]):
        assert many["ms"] <= few["ms"] * 1.000001, "more memory, more time: %s %s" % (few, many)


def check_choices(result):
    """The least of the one among what fits and has no more workers than vCPUs."""
    sensible = [r for r in result["predicted"]
                if r["fits"] and r["workers"] <= math.ceil(r["mb"] / PRICES["mb_per_vcpu"])]
    for name, value in (("cheapest", "x86_64_usd_per_1000"), ("fastest", "ms")):
        choice = result[name]
        assert choice in sensible, choice
        least = min(r[value] for r in sensible)
        assert choice[value] <= least * SAME * 1.000001, (name, choice, least)
    assert result["fastest"]["ms"] <= result["cheapest"]["ms"] * SAME


def test_json_is_consistent():
    result = told(SMALL, "-s", path("r.xsd"), "-j", "2")
    assert result["archive"] == SMALL and result["documents"] == 12
    assert result["bytes_inflated"] == 12 * len("<r></r>") + 12 * sum(
        len("<c>%d</c>" % k) for k in range(20))
    assert result["prices_of"] == PRICES["date"] and result["rounds"] >= 1
    assert result["schema_ms"] > 0 and len(result["measured"]) == 2
    check_rows(result)
    check_choices(result)


def test_one_worker_is_enough_to_predict_six():
    result = told(SMALL, "--jobs=1")
    assert len(result["measured"]) == 1
    check_rows(result)
    check_choices(result)


ROW = re.compile(r"^ +(\d+) MB +([\d.]+) +(\d)([* ]) +(\d+) ms +([\d.]+) +([\d.]+)( .*)?$", re.M)


def test_the_table_says_what_is_recommended():
    text = tune(SMALL, "-j", "2").stdout.decode()
    assert text.startswith("%s: 12 documents, 0.0 MB of XML; best of " % SMALL), text
    assert re.search(r"\n +workers +time +speed-up +CPU time +memory\n +1 .* 1\.00x .* MB\n +2 .* MB\n",
                     text), text
    assert "%g MB a vCPU" % PRICES["mb_per_vcpu"] in text and PRICES["date"] in text
    rows = ROW.findall(text)
    sizes = [int(row[0]) for row in rows]
    assert sizes == sorted(sizes) and {128, 1792, 10240} <= set(sizes) <= set(SIZES), sizes
    for mb, vcpus, workers, mark, _, x86_64, arm64, _ in rows:
        assert abs(int(mb) / PRICES["mb_per_vcpu"] - float(vcpus)) < 0.006, (mb, vcpus)
        assert (mark == "*") == (int(workers) > 2) and float(arm64) <= float(x86_64)
    for word, name in (("cheapest", "Lowest cost"), ("fastest", "Lowest latency")):
        (marked,) = [row for row in rows if word in row[7].split()]
        said = re.search(r"^%s *: (\d+) MB, --jobs (\d+): about (\d+) ms, \$([\d.]+) for 1,000 "
                         r"archives \(arm64 \$([\d.]+)\)$" % name, text, re.M)
        assert said.groups() == (marked[0], marked[2], marked[4], marked[5], marked[6]), text
    plot = [line for line in text.splitlines() if re.search(r"\|.{64}\|", line)]
    assert len(plot) == 12 and "*" in "".join(plot) and "$" in "".join(plot), text
    assert "\r" not in text and "\033" not in text


def test_the_drawing_is_xml_and_within_its_frame():
    text = tune(SMALL, "--svg", path("t.svg")).stdout.decode()
    root = ElementTree.parse(path("t.svg")).getroot()
    svg = "{http://www.w3.org/2000/svg}"
    assert root.tag == svg + "svg"
    width, height = float(root.get("width")), float(root.get("height"))
    curves = [line.get("points").split() for line in root.iter(svg + "polyline")]
    assert [len(curve) for curve in curves] == [len(SIZES)] * 2
    marks = [(c.get("cx"), c.get("cy")) for c in root.iter(svg + "circle")]
    for x, y in [point.split(",") for curve in curves for point in curve] + marks:
        assert 0 < float(x) < width and 0 < float(y) < height, (x, y)
    words = " ".join(t.text for t in root.iter(svg + "text"))
    for mb, workers in re.findall(r"^Lowest .*: (\d+) MB, --jobs (\d+)", text, re.M):
        assert "%s MB, %s workers" % (mb, workers) in words, words


def test_a_terminal_sees_how_far_it_is():
    leader, terminal = pty.openpty()
    process = subprocess.Popen([THRESH, "tune", SMALL, "-j", "1", "--seconds", "0.05"],
                               stdout=subprocess.PIPE, stderr=terminal)
    out = process.communicate(timeout=60)[0]
    os.close(terminal)
    shown = os.read(leader, 65536).decode()
    os.close(leader)
    assert process.returncode == 0 and b"measuring" not in out
    assert "measuring: round 1" in shown and shown.endswith("\r\033[K"), shown


def test_what_does_not_fit_is_not_recommended():
    """A tree of 60 MB and more; one run is longer than what was asked for, and is all there is."""
    big = archive("big.zip", ["<r>%s</r>" % ("<c>1</c>" * 400000)])
    arguments = (big, "-j", "1", "-x", "n=count(//c[1])", "--seconds", "0.001")
    result = told(*arguments)
    assert result["rounds"] == 1, result["rounds"]
    check_rows(result)
    check_choices(result)
    assert not result["predicted"][0]["fits"] and result["predicted"][-1]["peak_mb"] > 109
    text = tune(*arguments).stdout.decode()
    too_small = int(re.search(r"^  (\d+) MB and less are too little memory$", text, re.M).group(1))
    assert min(int(row[0]) for row in ROW.findall(text)) > too_small >= 128, text
    assert "best of 1 run here" in text


def test_options_of_a_run_are_taken():
    path("job.json", json.dumps({"schema": "r.xsd", "extract": {"n": "count(//c)"}}))
    ways = [["--job", path("job.json")], ["-f", "csv", "-x", "n=count(//c)", "-q"],
            ["--output", path("none.ndjson")], ["--exclude", "1*.xml"]]
    if "fork" in backends():
        ways += [["-b", "fork"], ["--isolate"], ["--isolate", "--timeout", "60"]]
    for way in ways:
        result = told("-j", "1", *way, SMALL)
        assert result["documents"] == (9 if "--exclude" in way else 12), (way, result["documents"])
    assert not os.path.exists(path("none.ndjson")), "records are thrown away"
    assert told(SMALL, SMALL, "-j", "1")["documents"] == 24


def refused(*arguments):
    process = tune(*arguments, status=2)
    assert process.stderr.startswith(b"thresh tune: ") and not process.stdout, process
    return process.stderr.decode()


def test_bad_arguments_are_named():
    for arguments, said in (
            ([], "no archive is named"), (["-"], "standard input can be read only once"),
            ([SMALL, "--seconds", "x"], "'x'"), ([SMALL, "--seconds=0"], "'0'"),
            ([SMALL, "--seconds=nan"], "'nan'"), ([SMALL, "-j", "many"], "'many'"),
            ([SMALL, "-j", "-1"], "'-1'"), ([SMALL, "--nope"], "--nope"),
            ([SMALL, "-b", "threads"], "threads"), ([SMALL, "-x", "a=//["], "//["),
            ([SMALL, "-s", path("none.xsd")], "none.xsd"),
            ([SMALL, "--svg", path("none/t.svg")], "none/t.svg cannot be written")):
        assert said in refused(*arguments), (arguments, said)


def test_an_archive_that_cannot_be_read_is_an_error():
    assert "none.zip" in refused(path("none.zip"))
    os.makedirs(path("empty"), exist_ok=True)
    for empty in (path("empty"), THRESH, archive("empty.zip", {})):
        assert "%s: holds no document" % empty in refused(empty)
    # A damaged one has its records, and is measured as it is.
    with open(SMALL, "rb") as whole, open(path("cut.zip"), "wb") as cut:
        cut.write(whole.read()[:-30])
    assert told(path("cut.zip"), "-j", "1")["documents"] >= 1


def test_names_do_not_control_the_terminal():
    odd = archive("e\x1b[31m\u009b2J\udc9b\udcff\u202egnp.zip", {"0.xml": "<r/>"})
    shown = "e\x1b[31m\u009b2J\ufffd\ufffd\u202egnp.zip"
    for process in (tune(odd, "-j", "1"), tune(odd, "-j", "1", "--json"), tune(odd + "?", status=2),
                    tune(SMALL, "-j", "1", "--svg", odd + "/t.svg", status=2),
                    tune(SMALL, "-s", odd, status=2), tune(archive(shown, {}), status=2)):
        out = (process.stdout + process.stderr).decode()
        assert "gnp.zip" in out and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out), out
    assert told(odd, "-j", "1")["archive"] == path(shown)


def test_an_output_on_a_full_disk_is_an_error():
    with full_device() as full:
        error = tune(SMALL, "-j", "1", stdout=full, status=2).stderr
    assert b"standard output cannot be written: No space left" in error, error
    assert "cannot be written" in refused(SMALL, "-j", "1", "--svg", "/dev/full")


main()
