# SPDX-License-Identifier: MIT
"""Names: each says where it is from, and there is one of each."""
import re

# Macros that are not ours to name: one that zlib asks for, and a prefix of the Recommendation.
FOREIGN = ("ZLIB_CONST", "XSI_NAMESPACE")

TAG = r"^\s*(?:typedef )?(struct|enum|union) (\w+)(?= \{)"


def _ours(files):
    return [file for file in files if file.is_ours]


def files(files, link):
    """A file's name is its own in the whole tree; a header and its source share one."""
    del link
    seen = {}
    for file in _ours(files):
        other = seen.setdefault(file.stem, file)
        if other.folder != file.folder:
            yield (file.path, "has the name of %s" % other.path,
                   "give it one that says what it is in its own room")


def tags(files, link):
    del link
    seen = {}
    for file in _ours(files):
        for number, match in file.matches(TAG):
            place = "%s:%d" % (file.path, number)
            other = seen.setdefault(match.group(2), place)
            if other != place:
                yield (place, "%s %s is also in %s" % (*match.groups(), other),
                       "name it after its file or its room")


def _declared_tags(files):
    """The types that each room's headers declare, by the folder below src/ (or backends)."""
    found = {}
    for file in _ours(files):
        if file.suffix == ".h":
            found.setdefault(_room(file.path), set()).update(
                match.group(1) for _, match in
                file.matches(r"^(?:typedef )?(?:struct|enum|union) (\w+)(?= \{|;)"))
    return found


def _room(path):
    return "/".join(path.split("/")[:-1][:2])


def _prefixes(path, types):
    """What the names of a file may begin with."""
    words = path.split("/")[-1].split(".")[0].split("_")
    return (set(path.split("/")[:-1]) | types.get(_room(path), set()) |
            {"_".join(words[:n]) for n in range(1, len(words) + 1)})


def _begins(name, prefixes):
    return any(name == prefix or name.startswith(prefix + "_") for prefix in prefixes)


def symbols(files, link):
    """A name that the linker sees begins with its file (or that file's first words), a folder that
    it is in, or a type of its room."""
    headers = {file.path: file for file in _ours(files) if file.suffix == ".h"}
    sources = {file.path: file for file in _ours(files) if file.suffix == ".c"}
    types = _declared_tags(files)
    used = {name for _, name, _ in link.arrows()}
    for name, source in sorted(link.symbols.items()):
        if name == "main":
            continue
        allowed = _prefixes(source, types)
        declared = [path for path, header in headers.items()
                    if re.search(r"\b%s\b" % name, header.text)]
        if "src/thresh.h" in declared or source.startswith("src/library/"):
            allowed.add("thresh")
        if not _begins(name, allowed):
            yield (source, "%s does not say where it is from" % name,
                   "begin it with the name of its file, room or type")
        if "__asm__" in sources[source].text or "src/thresh.h" in declared:
            continue
        if not declared:
            yield source, "%s is in no header" % name, "make it static, or declare it"
        elif name not in used and not any(re.search(r"\b%s\b" % name, file.text)
                                          for file in files if not file.is_ours):
            yield source, "%s is used nowhere else" % name, "make it static"


def inlines(files, link):
    """So does the name of a function in a header."""
    del link
    types = _declared_tags(files)
    for file in _ours(files):
        if file.suffix != ".h":
            continue
        allowed = _prefixes(file.path, types)
        for function in file.functions:
            if not _begins(function.name, allowed):
                yield ("%s:%d" % (file.path, function.line),
                       "%s does not say where it is from" % function.name,
                       "begin it with the name of its file, room or type")


def macros(files, link):
    """Macros and enumerators of headers, which meet those of all files that include them, begin with
    a word of their type, file or room, or with the one word that all members of an enum share."""
    del link
    for file in _ours(files):
        if file.suffix != ".h":
            continue
        code = "\n".join(file.code)
        words = set(re.findall(r"[a-z0-9]+", file.path.replace("_", " "))) | {"thresh"}
        found = []
        for match in re.finditer(r"^enum\s*(\w*)\s*\{(.*?)\}", code, re.S | re.M):
            members = list(re.finditer(r"(?:^|,)\s*([A-Z]\w*)", match.group(2)))
            first = {member.group(1).lower().split("_")[0] for member in members}
            if len(members) > 2 and len(first) == 1:
                words |= first
            allowed = words | set(match.group(1).split("_"))
            for member in members:
                number = code[:match.start(2) + member.start(1)].count("\n") + 1
                found.append((number, member.group(1), allowed))
        found += [(number, match.group(1), words)
                  for number, match in file.matches(r"^#define (\w+)")]
        for number, name, allowed in found:
            first = name.lower().split("_")[0]
            if name not in FOREIGN and not {first, first.rstrip("s"), first + "s"} & allowed:
                yield ("%s:%d" % (file.path, number), "%s does not say where it is from" % name,
                       "begin it with a word of its type, file or room")
