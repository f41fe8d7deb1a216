#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--report: the page as people see it, in headless Chromium, and as a file beside the records."""
import json
import os
import re
import subprocess
import tempfile
import zipfile

import browser
from command import (ORDER, SAMPLE, SANITIZED, SOURCE, THRESH, archive, backends, full_device, main, path,
                     records, run, skip, start)

AXE = os.path.join(SOURCE, "tests", "node_modules", "axe-core", "axe.min.js")
PAGE = path("report.html")


def report(*arguments, to=PAGE, **options):
    return run(*arguments, "-f", "ndjson", "--report", to, **options)


def seen(**options):
    """A browser with the page of the sample archive: 120 orders, 6 of them bad, and two that are no XML."""
    if not browser.find():
        skip("there is no chromium; ci/setup gets it where it is to be had")
    return browser.Browser(**options)


def sample_page():
    extra = archive("more.zip", {"readme.txt": "hello", "in.zip": b"PK\3\4 is cut", "unread.xml":
                    '<!DOCTYPE a [<!ENTITY e SYSTEM "x">]><a>&e;</a>'})
    report(SAMPLE, extra, "-s", "urn:example:order=" + ORDER)
    return PAGE


ROWS = """Array.from(document.querySelectorAll("#table tr.row"), row => Array.from(row.cells, cell => cell.innerText.trim()))"""
COUNT = """document.getElementById("count").textContent"""


def rows_of(page):
    return page.js(ROWS)


def own(page):
    """What the page asked for beside itself, what it opened, and what it complained of."""
    return page.requests[1:], page.dialogs, page.complaints


# -- What is in it

def test_the_page_says_what_was_looked_at():
    with seen() as page:
        page.open(sample_page())
        text = page.js("document.body.innerText")
        assert "documents are not good" in page.js("document.querySelector('h1').textContent")
        for part in ("Entries seen\n123", "114 valid", "5 invalid", "1 malformed", "1 skipped",
                     "Skipped, because: 1 not-xml", "order.xsd", "sample.zip"):
            assert part in text, (part, text[:3000])
        assert page.js(COUNT) == "All 123 entries"
        assert own(page) == ([], [], []), own(page)


def test_the_table_has_each_record():
    got = {r["path"]: r for r in records(SAMPLE, "-s", ORDER)}
    report(SAMPLE, "-s", ORDER)
    with seen() as page:
        page.open(PAGE)
        page.size(1280, 9000)
        page.js("document.getElementById('scroll').style.height = '8000px'; dispatchEvent(new Event('resize'))")
        rows = rows_of(page)
        assert len(rows) == 120 and {row[1] for row in rows} == set(got)
        for verdict, name, errors, code, size, time in rows:
            assert verdict[-len(got[name]["verdict"]):] == got[name]["verdict"]
            assert errors == (str(got[name]["errors_total"]) if got[name]["errors"] else "")
            assert code == (got[name]["errors"][0]["code"] if got[name]["errors"] else "")
            assert re.fullmatch(r"[\d.]+ (B|KB|MB)", size) and re.fullmatch(r"[\d.]+ (µs|ms|s)", time), (size, time)


def test_a_row_opens_its_errors():
    with seen() as page:
        page.open(sample_page())
        page.click("#table tr.row td")  # the first is malformed, or unread
        page.press("Escape")
        place = next(i for i, row in enumerate(rows_of(page)) if "keyref" in row[1])
        page.click("#table tr[data-place='%d'] button" % place)
        text = page.js("document.querySelector('#table tr.faults').innerText")
        for part in ("line 702", "No match found for key-sequence ['99127']", "cvc-identity-constraint.4.3",
                     "/*[name()='order']/*[name()='shipment'][1]/*[name()='of'][1]", "order.xsd"):
            assert part in text, (part, text)
        assert page.js("document.querySelector('#table tr.open button').getAttribute('aria-expanded')") == "true"
        page.click("#table tr[data-place='%d'] button" % place)
        assert not page.js("document.querySelector('#table tr.faults') !== null")


def test_it_filters_and_sorts():
    with seen() as page:
        page.open(sample_page())
        page.click("#verdicts input[value=invalid]")
        assert page.js(COUNT) == "5 of 123 entries"
        assert {row[0].strip("✗ ") for row in rows_of(page)} == {"invalid"}, rows_of(page)
        page.click("#verdicts input[value=malformed]")
        assert page.js(COUNT) == "6 of 123 entries"
        page.click("#find")
        page.type("KEYREF sample")
        assert [row[1].rsplit("-", 1)[1] for row in rows_of(page)] == ["keyref.xml"], rows_of(page)
        page.js("document.getElementById('find').value = ''")
        page.click("#verdicts input[value=invalid]")
        page.click("#verdicts input[value=malformed]")
        assert page.js(COUNT) == "All 123 entries"
        for heading, order in (("Document", 1), ("Size", -1)):
            page.js("Array.from(document.querySelectorAll('#table th button')).find(b => b.textContent === %s).click()"
                    % json.dumps(heading))
            page.settle()
            names = [row[1] for row in rows_of(page)]
            sizes = {r["path"]: r["bytes"] or -1 for r in records(SAMPLE, path("more.zip"))}
            keys = names if order > 0 else [-sizes[name] for name in names]
            assert keys == sorted(keys), (heading, names)
        page.click("button[data-code='cvc-identity-constraint.4.3']")
        assert page.js(COUNT) == "1 of 123 entries" and "keyref" in rows_of(page)[0][1]
        page.click("#chosen button")
        assert page.js(COUNT) == "All 123 entries"
        page.click("#sizes .bars button:not([disabled])")
        few = page.js(COUNT)
        assert few != "All 123 entries" and few.endswith(" of 123 entries"), few


def test_keys_are_enough():
    with seen() as page:
        page.open(sample_page())
        page.press("/")
        assert page.js("document.activeElement.id") == "find"
        page.type("sample.zip")
        page.js("document.querySelector('#table tbody button').focus()")
        first = "document.activeElement.closest('tr')?.dataset.place"
        assert page.js(first) == "0"
        for key, place in (("ArrowDown", "1"), ("ArrowDown", "2"), ("ArrowUp", "1"), ("End", "119"), ("Home", "0")):
            page.press(key)
            assert page.js(first) == place, (key, page.js(first))
        page.press("Enter")
        assert page.js("document.querySelector('#table tr.faults') !== null")
        page.press("Escape")
        assert not page.js("document.querySelector('#table tr.faults') !== null")
        assert page.js(first) == "0"


# -- For everybody

def test_axe_finds_nothing_in_either_light():
    if not os.path.exists(AXE):
        skip("tests/node_modules lacks axe-core; ci/setup gets it")
    with open(AXE, encoding="utf-8") as script:
        axe = script.read()
    with seen() as page:
        for light in ("light", "dark"):
            page.light(light)
            page.open(sample_page())
            page.click("#verdicts input[value=invalid]")
            page.js("document.querySelector('#columns').open = true")
            page.click("#table tr.row button")
            page.js(axe + "; undefined")
            found = page.js("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => "
                            "v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; ')))")
            assert found == [], (light, found)


def test_it_is_dark_where_the_system_is():
    with seen() as page:
        page.open(sample_page())
        colours = {}
        for light in ("light", "dark"):
            page.light(light)
            colours[light] = page.js("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert min(colours["light"]) > 200 and max(colours["dark"]) < 60, colours


def test_paper_has_each_document_that_is_bad():
    pdf = path("report.pdf")
    with seen() as page:
        page.open(sample_page())
        with open(pdf, "wb") as file:
            file.write(page.pdf())
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], stdout=subprocess.PIPE, check=True).stdout.decode()
    flat = re.sub(r"\s+", "", text)
    for part in ("Coverage", "114 valid", "Most frequent errors", "0000079-keyref.xml", "line 702", "99127",
                 "0000119-malformed.xml"):
        assert re.sub(r"\s+", "", part) in flat, (part, text)
    assert "Find" not in text.split()


# -- Whatever documents say

HOSTILE = ['</script><script>alert(1)</script>.xml', '<img src=x onerror=alert(2)>.xml', "javascript:alert(3).xml",
           '"><svg onload=alert(4)>.xml', "<!--<script>.xml", "a\u2028b\u2029c.xml", "\u202egnp.xml",
           "{{script}}{{nonce}}.xml", "'-alert(5)-'.xml", "\x01\x1b[31m\x7f.xml", "__proto__", "a\ud7ff\U0001f600b.xml",
           "a\ud7ff\U0001f601c.xml", "]]>&lt;script&gt;.xml"]
BAD = """<!DOCTYPE a [<!ENTITY e "&lt;/script>&lt;script>alert(6)&lt;/script>">]>
<a xmlns="javascript:alert(7)" x="&lt;/script>&lt;img src=x onerror=alert(8)>"><b>&e;</b></a>"""
ANY_XSD = path("any.xsd", '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="javascript:alert(7)"'
               ' elementFormDefault="qualified"><xs:element name="a"><xs:complexType><xs:sequence><xs:element name="b"'
               ' type="xs:date"/></xs:sequence><xs:attribute name="x" type="xs:int"/></xs:complexType></xs:element>'
               "</xs:schema>")


def test_nothing_that_a_document_says_runs():
    names = {name: BAD for name in HOSTILE}
    names["<b>text</b>.txt"] = "no XML"
    hostile = archive("<script>alert(9)</script>.zip".replace("/", "_"), names)
    report(hostile, "-s", ANY_XSD)
    with seen() as page:
        page.open(PAGE)
        shown = [row[1] for row in rows_of(page)]
        assert len(shown) == len(names), shown
        for name in HOSTILE[:5]:
            assert any(row.endswith("!/" + name) for row in shown), (name, shown)
        assert any("\\u202egnp.xml" in row for row in shown) and any("a\ud7ff\U0001f601c.xml" in row for row in shown)
        for place in range(len(shown)):
            page.js("document.querySelector(\"#table tr[data-place='%d'] button\").click()" % place)
        page.click("#table tr.row button")
        page.js("dispatchEvent(new Event('beforeprint'))")
        page.settle()
        assert page.js("document.querySelectorAll('img, iframe, object, embed, link, [onerror], [onload], a[href^=java]').length") == 0
        assert page.js("document.querySelectorAll('script:not([type])').length") == 1
        assert own(page) == ([], [], []), own(page)
        # And if it could be put in, it would not run: the policy names what may.
        page.js("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(10)><iframe src=\"javascript:alert(11)\"></iframe>')")
        page.js("document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(12)'}))")
        page.settle()
        assert page.dialogs == [] and page.requests[1:] == [], (page.dialogs, page.requests)


def test_nothing_is_loaded():
    with open(sample_page(), encoding="utf-8") as file:
        text = file.read()
    assert "default-src 'none'" in text and "unsafe-inline" not in text
    assert not re.search(r"https?://(?!www\.w3\.org/)", re.sub(r"<script type=.*?</script>", "", text, flags=re.S))


# -- Large, cut, alone

def test_a_hundred_thousand_documents_stay_quick():
    """Each in less than a second of the processor, whatever else the machine does."""
    many = path("many.zip")
    with zipfile.ZipFile(many, "w") as file:
        for i in range(100000):
            file.writestr("feed-%d/%07d.xml" % (i // 5000, i * 7919 % 100000), "<a" if i % 97 == 0 else "<a>%s</a>" % ("x" * (i % 800)))
    report(many)
    with seen() as page:
        page.call("Performance.enable", timeDomain="threadTicks")

        def spent(act):
            def busy():
                metrics = {m["name"]: m["value"] for m in page.call("Performance.getMetrics")["metrics"]}
                return metrics["TaskDuration"]
            before = busy()
            act()
            return busy() - before
        times = {"open": spent(lambda: page.open(PAGE))}
        assert page.js(COUNT) == "All 100,000 entries"
        assert page.js("document.querySelectorAll('#table tr').length") < 100
        times["find"] = spent(lambda: (page.click("#find"), page.type("feed-7/")))
        assert page.js(COUNT) == "5,000 of 100,000 entries"
        times["clear"] = spent(lambda: (page.js("document.getElementById('find').select()"), page.type(" ")))
        times["verdict"] = spent(lambda: page.click("#verdicts input[value=malformed]"))
        assert page.js(COUNT) == "1,031 of 100,000 entries"
        page.click("#verdicts input[value=malformed]")
        for i, name in enumerate(("verdict", "path", "errors", "code", "size", "time")):
            times["sort by " + name] = spent(lambda: (page.click("#table th:nth-child(%d) button" % (i + 1))))
        times["scroll"] = spent(lambda: (page.js("document.getElementById('scroll').scrollTop = 1e9"), page.settle()))
        assert int(page.js("Array.from(document.querySelectorAll('#table tr.row')).pop().dataset.place")) == 99999
        times["open a row"] = spent(lambda: page.js("document.querySelector('#table tr.row button').click()"))
        slow = {name: seconds for name, seconds in times.items() if seconds > (5 if SANITIZED else 1)}
        assert not slow, times


def test_a_run_that_is_stopped_says_so_in_its_page():
    many = archive("stopped.zip", {"%05d.xml" % i: "<a>%s</a>" % ("<b/>" * 400) for i in range(40000)})
    page = path("stopped.html")
    process = start(many, "-f", "ndjson", "-b", "sequential", "--report", page)
    process.stdout.read(1)
    process.terminate()
    process.communicate()
    assert process.returncode == 143
    with open(page, encoding="utf-8") as file:
        text = file.read()
    assert "This run is not complete." in text and "topped by Terminated after" in text
    assert text.endswith("</html>\n")


def test_a_run_that_fails_says_so_in_its_page():
    page = path("failed.html")
    with full_device() as full:
        process = subprocess.run([THRESH, SAMPLE, "-f", "ndjson", "--report", page], stdout=full, stderr=subprocess.PIPE,
                                 check=False)
    assert process.returncode == 2
    with open(page, encoding="utf-8") as file:
        assert "This run is not complete.</strong> standard output: cannot be written" in file.read()
    # A page that has no room is the whole trouble, and told once; here it is full before the run ends.
    many = archive("many.zip", {"%05d.xml" % i: "<a>" for i in range(20000)})
    told = run(many, "-q", "-o", "/dev/null", "--report", "/dev/full", check=(2,)).stderr
    assert told.count(b"\n") == 1 and b"No space left" in told, told


# -- Beside the records

def test_records_are_the_same_with_a_page_beside_them():
    for form in ("ndjson", "csv", "text", "junit", "sarif", "github"):
        alone = run(SAMPLE, "-s", ORDER, "-f", form, "-x", "n=count(//*)").stdout
        for backend in backends():
            beside = run(SAMPLE, "-s", ORDER, "-f", form, "-x", "n=count(//*)", "--report", PAGE, "-b", backend).stdout
            assert beside == alone, (form, backend)


def test_the_page_replaces_nothing_that_is_read():
    def refused(*arguments, says):
        process = run(*arguments, check=None)
        assert process.returncode == 2 and says in process.stderr.decode(), process.stderr
    document = path("in/a.xml", "<a/>")
    refused(document, "--report", document, says="--report would replace it")
    refused(path("in"), "--report", document, says="--report would replace it")
    refused(SAMPLE, "-s", path("a.xsd", open(ANY_XSD, "rb").read()), "--report", path("a.xsd"), says="--report would replace it")
    refused(document, "-o", path("out.txt"), "--report", path("out.txt"), says="--output")
    path("there.txt", "x")
    refused(document, "-o", path("there.txt"), "--report", path("there.txt"), says="--output")
    refused(document, "--report", "-", says="--report")
    refused(document, "--report", path("no/such/r.html"), says="--report")
    refused(document, "--report", path("in"), says="is a directory")
    assert open(document).read() == "<a/>"


def test_the_page_is_not_among_the_documents():
    path("site/a.xml", "<a/>")
    page = path("site/report.html")
    before = records(path("site"), "--report", page)
    assert [r["path"] for r in before] == [path("site/a.xml")], before
    assert records(path("site"), "--exclude", "*.html", "--report", page)[0] == before[0]
    assert sorted(os.listdir(path("site"))) == ["a.xml", "report.html"]


def test_a_job_names_the_page_too():
    page = path("by-job.html")
    job = path("job.json", json.dumps({"report": page}))
    run("--job", job, SAMPLE)
    assert os.path.getsize(page) > 10000


def test_memory_does_not_grow_with_the_documents():
    def peak(n):
        name = path("peak-%d.zip" % n)
        with zipfile.ZipFile(name, "w") as file:
            for i in range(n):
                file.writestr("%07d.xml" % i, "<a/>")
        code = ("import resource,subprocess,sys;subprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL);"
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        return int(subprocess.run(["python3", "-c", code, THRESH, name, "-b", "sequential", "--report",
                                   path("peak.html")], stdout=subprocess.PIPE, check=True).stdout)
    if SANITIZED:
        skip("a sanitizer keeps what is freed")
    assert peak(60000) - peak(2000) < 16 * 1024, "KiB"  # the listing itself: 48 bytes an entry, and its names


main()
