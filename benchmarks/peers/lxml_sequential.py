# SPDX-License-Identifier: MIT
"""Python, lxml, one document after the other."""
import zipfile

import lxml_common

if __name__ == "__main__":
    options = lxml_common.arguments()
    schemas = lxml_common.Schemas(options.schema)
    with zipfile.ZipFile(options.archive) as archive:
        for name in lxml_common.names(options.archive):
            lxml_common.write(lxml_common.process(name, archive.read(name), schemas))
