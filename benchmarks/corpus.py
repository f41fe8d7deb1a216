#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a ZIP of generated orders (order.xsd): the same bytes for the same options, anywhere.

    corpus.py sample.zip                                120 documents of about 20 KB, 6 of them bad
    corpus.py --documents 10000 --bytes 1000 --bad 0 tiny.zip
    corpus.py --documents 100 --skew 100 skewed.zip     one document 100 times the rest
"""
import argparse
import random
import zipfile

WORDS = ("anvil basket copper drum engine flask gear hinge iron jar kettle lamp mirror needle oven "
         "plate quill rope sieve tongs urn valve wheel yoke zinc").split()
FAULTS = ("date", "missing", "extra", "keyref", "sku", "malformed")


def line(rng, number):
    words = " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 6)))
    price = ("<price>%d.%02d</price>" % (rng.randint(0, 900), rng.randint(0, 99))
             if rng.random() < 0.95 else "<free>true</free>")
    return ('  <line number="%d">\n    <item sku="%s-%05d">%s</item>\n'
            "    <quantity>%d</quantity>\n    %s\n  </line>\n"
            % (number, rng.choice(("AB", "CX", "ZZ")), rng.randint(0, 99999), words,
               rng.randint(1, 500), price))


def party(rng, role):
    return ('  <p:%s>\n    <p:name xml:lang="en">%s &amp; Sons</p:name>\n'
            "    <p:country>de</p:country>\n    <p:since>%d</p:since>\n  </p:%s>\n"
            % (role, rng.choice(WORDS).title(), rng.randint(1850, 2020), role))


def shipments(rng, lines):
    of = "".join('<of line="%d"/>' % rng.randint(1, lines) for _ in range(min(lines, 5)))
    return ("  <shipment>\n    <due>20%02d-%02d-%02dT08:00:00Z</due>\n    %s\n  </shipment>\n"
            % (rng.randint(20, 29), rng.randint(1, 12), rng.randint(1, 28), of))


def order(rng, number, size):
    """An order of about `size` bytes."""
    head = ('<?xml version="1.0" encoding="UTF-8"?>\n<order xmlns="urn:example:order" '
            'xmlns:p="urn:example:party" id="o%d" version="1.0">\n'
            "  <issued>20%02d-%02d-%02d</issued>\n  <currency>%s</currency>\n"
            % (number, rng.randint(0, 29), rng.randint(1, 12), rng.randint(1, 28),
               rng.choice(("CHF", "EUR", "PLN", "USD"))))
    parts = [head, party(rng, "buyer"), party(rng, "seller")]
    length, lines = sum(map(len, parts)) + 300, 0
    while lines == 0 or length < size:
        lines += 1
        parts.append(line(rng, lines))
        length += len(parts[-1])
    parts.append(shipments(rng, lines))
    if size >= 500:
        parts.append("  <note>Handle with <em>care</em>, see <see>https://example.org/%d</see>."
                     "</note>\n" % number)
    parts.append("  <total>%d.00</total>\n</order>\n" % rng.randint(1, 10**6))
    return "".join(parts)


def spoil(text, fault):
    """Breaks one rule; the fault is in the name of the entry."""
    if fault == "date":
        return text.replace("<issued>20", "<issued>30 of 20", 1)
    if fault == "missing":
        return text.replace("  <total>", "  <!-- <total>", 1).replace("</total>", "</total> -->", 1)
    if fault == "extra":
        return text.replace("  <currency>", "  <colour>red</colour>\n  <currency>", 1)
    if fault == "keyref":
        return text.replace('<of line="', '<of line="99', 1)
    if fault == "sku":
        return text.replace('sku="', 'sku="q', 1)
    return text.replace("</p:buyer>", "</p:bayer>", 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive")
    parser.add_argument("--documents", type=int, default=120)
    parser.add_argument("--bytes", type=int, default=20000, help="of a document, about")
    parser.add_argument("--skew", type=int, default=1, help="the first document is so many times larger")
    parser.add_argument("--bad", type=int, default=6, help="documents with a fault, spread evenly")
    parser.add_argument("--stored", action="store_true", help="without compression")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    step = max(1, options.documents // options.bad) if options.bad else 0
    method = zipfile.ZIP_STORED if options.stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(options.archive, "w", method, compresslevel=6) as archive:
        for number in range(options.documents):
            text = order(rng, number, options.bytes * (options.skew if number == 0 else 1))
            name = "orders/%07d.xml" % number
            if step and number % step == step - 1 and number // step < options.bad:
                fault = FAULTS[number // step % len(FAULTS)]
                text, name = spoil(text, fault), "orders/%07d-%s.xml" % (number, fault)
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, text)


if __name__ == "__main__":
    main()
