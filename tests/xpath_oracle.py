# SPDX-License-Identifier: MIT
"""xpath_oracle.py < JOB > ANSWERS: what lxml says of XPaths, one JSON object each way.

JOB has documents (texts), expressions and the namespaces that are bound. ANSWERS is a list a document:
for each expression a value, of nodes the list of their string-values. Exits with 3 where there is no lxml."""
import json
import sys

try:
    from lxml import etree
except ImportError:
    sys.exit(3)


def values(tree, expression, namespaces):
    nodes = "(%s)" % expression
    try:
        value = tree.xpath(expression, namespaces=namespaces)
    except etree.XPathError as error:
        sys.exit("%s: %s" % (expression, error))
    if not isinstance(value, list):
        return value
    count = int(tree.xpath("count%s" % nodes, namespaces=namespaces))
    return [str(tree.xpath("string(%s[%d])" % (nodes, i + 1), namespaces=namespaces))
            for i in range(count)]


job = json.load(sys.stdin)
parser = etree.XMLParser(resolve_entities=True, no_network=True, huge_tree=True)
answers = []
for document in job["documents"]:
    root = etree.fromstring(document.encode(), parser).getroottree()
    answers.append([values(root, expression, job["namespaces"]) for expression in job["expressions"]])
json.dump(answers, sys.stdout)
