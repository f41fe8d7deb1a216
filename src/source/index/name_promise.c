/* SPDX-License-Identifier: MIT */
#include "source/index/name_promise.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool ends_with(const struct entry_name *name, const char *suffix)
{
    return entry_name_ends_with(name->shown, name->shown_len, suffix);
}

static bool ends_with_any(const struct entry_name *name, const char *const *suffixes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ends_with(name, suffixes[i]))
            return true;
    return false;
}

/* -- Documents ------------------------------------------------------------------------ */

bool name_promises_document(const struct entry_name *name)
{
    if (!ends_with(name, ".xml"))
        return false;
    size_t last = name->shown_len;
    while (last && name->shown[last - 1] != '/' && name->shown[last - 1] != '\\')
        last--;
    return name->shown[last] != '.' || name->shown[last + 1] != '_';
}

bool name_promises_xml(const struct entry_name *name)
{
    static const char *const suffixes[] = {
        ".xml",   ".xsl",  ".xslt",    ".xsd",    ".rng",     ".sch",  ".svg",   ".rdf",
        ".owl",   ".rss",  ".atom",    ".gml",    ".kml",     ".gpx",  ".tcx",   ".musicxml",
        ".xhtml", ".xht",  ".opf",     ".ncx",    ".rels",    ".xlf",  ".xliff", ".tmx",
        ".dita",  ".dbk",  ".ditamap", ".xbrl",   ".mml",     ".smil", ".wsdl",  ".wadl",
        ".resx",  ".xaml", ".plist",   ".csproj", ".vcxproj", ".pom",  ".tei",   ".cml",
        ".sbml",  ".mei",  ".dae",     ".x3d",    ".fodt",    ".fods", ".fodp",  ".mpd",
        ".ttml",  ".dfxp", ".xmp",     ".opml",   ".xspf",    ".xul",  ".xproc", ".xpl",
        ".ui",    ".qrc",  ".jnlp",    ".jspx",   ".docbook", ".nxml",
    };
    return ends_with_any(name, suffixes, COUNT(suffixes));
}

bool name_promises_html(const struct entry_name *name)
{
    return ends_with(name, ".html") || ends_with(name, ".htm");
}

bool name_promises_markup(const struct entry_name *name)
{
    static const char *const suffixes[] = {
        ".md",  ".markdown", ".mdx", ".php", ".phtml", ".jsp", ".asp",  ".aspx", ".vue",
        ".erb", ".ejs",      ".hbs", ".dtd", ".mod",   ".ent", ".sgml", ".sgm",  ".eml",
    };
    return name_promises_html(name) || ends_with_any(name, suffixes, COUNT(suffixes));
}

/* -- What is packed ------------------------------------------------------------------- */

bool name_promises_archive(const struct entry_name *name)
{
    static const char *const suffixes[] = {
        ".zip",  ".zipx", ".jar",  ".war",   ".ear",  ".aar",      ".apk",    ".ipa",
        ".xpi",  ".crx",  ".epub", ".docx",  ".docm", ".dotx",     ".xlsx",   ".xlsm",
        ".xlsb", ".xltx", ".pptx", ".pptm",  ".potx", ".ppsx",     ".vsdx",   ".odt",
        ".ods",  ".odp",  ".odg",  ".ott",   ".ots",  ".sxw",      ".mxl",    ".mscz",
        ".kmz",  ".cbz",  ".whl",  ".nupkg", ".vsix", ".3mf",      ".idml",   ".bcf",
        ".xps",  ".oxps", ".xbri", ".fmu",   ".aasx", ".tar",      ".tgz",    ".taz",
        ".txz",  ".tbz",  ".tbz2", ".tzst",  ".7z",   ".rar",      ".cbr",    ".cb7",
        ".cab",  ".lzh",  ".lha",  ".arj",   ".ace",  ".zoo",      ".cpio",   ".xar",
        ".wim",  ".iso",  ".dmg",  ".deb",   ".rpm",  ".bcfzip",   ".ifczip", ".tlz",
        ".tlz4", ".sit",  ".sitx", ".alz",   ".zpaq", ".squashfs", ".cpgz",   ".esd",
        ".swm",
    };
    return ends_with_any(name, suffixes, COUNT(suffixes));
}

bool name_promises_tar(const struct entry_name *name)
{
    static const char *const suffixes[] = {".tar",  ".tgz",  ".taz", ".txz", ".tbz",
                                           ".tbz2", ".tzst", ".tlz", ".tlz4"};
    return ends_with_any(name, suffixes, COUNT(suffixes));
}

bool name_promises_packed(const struct entry_name *name)
{
    static const char *const suffixes[] = {
        ".gz", ".xz", ".zst", ".bz2", ".lz4", ".lz", ".lzma", ".lzo", ".z", ".br", ".lrz",
    };
    return name_promises_archive(name) || ends_with_any(name, suffixes, COUNT(suffixes));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool name_promises_volume(const struct entry_name *name)
{
    size_t len = name->shown_len;
    const char *end = name->shown + len;
    if (len < 5 || !is_digit(end[-1]) || !is_digit(end[-2]))
        return false;
    if (end[-4] == '.' && strchr("zrZR", end[-3]))
        return true;
    struct entry_name whole = {.shown = name->shown, .shown_len = len - 4};
    return end[-4] == '.' && is_digit(end[-3]) && name_promises_packed(&whole);
}

const char *name_promises_foreign(const struct entry_name *name)
{
    static const struct {
        const char *suffix, *foreign;
    } formats[] = {
        {".iso", "an ISO 9660 image"},
        {".dmg", "an Apple disk image"},
        {".br", "compressed with Brotli"},
    };
    for (size_t i = 0; i < COUNT(formats); i++)
        if (ends_with(name, formats[i].suffix))
            return formats[i].foreign;
    return NULL;
}
