# SPDX-License-Identifier: MIT
"""Rooms: what may know of what. Data flows one way, and so do includes and names."""
import re

# A file may include, and its object may use, what is in its own room or in one above it in this
# table. A folder that is not named belongs to the room that it is in.
ROOMS = (
    "src/thresh.h",  # the words that the library shares with its clients
    "src/base",
    "src/options",
    "src/record",
    "src/libxml",
    "src/xpath",
    "src/scanner",
    "src/automaton",
    "src/resolver",
    "src/xsd/regex",
    "src/xsd/datatype",
    "src/xsd",
    "src/xsd/image",
    "src/xsd/compile",
    "src/xsd/validate",
    "src/source",
    "src/rules",
    "src/document",
    "backends",
    "src/run",
    "src/library",
    "src/lambda",
    "src/cli",
)

# Backends move bytes: of ours they know only these.
BACKENDS_KNOW = ("src/thresh.h", "src/base", "backends")

# Objects that use each other's names in a circle, and may: the header whose head says so, and who.
CIRCLES = (
    # The grammar of schema components: types hold elements, which hold types.
    ("src/xsd/compile/component.h", {"src/xsd/compile/" + name for name in (
        "attribute.c", "attribute_derive.c", "complex.c", "element.c", "particle.c", "simple.c",
        "type.c")}),
    # Archives in archives: what lists an archive lists those that it holds.
    ("src/source/index/index.h", {"src/source/index/" + name for name in (
        "index_item.c", "index_compressed.c", "index_serial.c", "index_zip.c")}),
)

# Those that call the library as anyone may; no other part of it does.
CLIENTS = ("src/cli", "src/lambda")

# What belongs to one place: a pattern, the files that may, and whose it is.
BELONGINGS = (
    (r"#pragma omp", r"backends/openmp\.c", "OpenMP is backends/openmp.c's"),
    (r"\b(v?fork|clone)\(",
     r"backends/fork_(place|trial|crew)\.c|src/lambda/apart/apart(_server)?\.c",
     "processes are made by backends/fork_place.c, fork_crew.c and fork_trial.c, and by "
     "src/lambda/apart"),
    (r"#include <archive", r"src/source/libarchive/.*|src/cli/version\.c",
     "libarchive is src/source/libarchive's"),
    (r"#include <curl", r"src/lambda/.*", "libcurl is src/lambda's"),
    (r"#include <(omp|pthread)\.h>",
     r"backends/.*|src/base/keyed_lock\.h|src/lambda/.*|src/cli/(version|static/thread_exit)\.c",
     "threads are the backends'"),
    (r"\bstr(n?)cmp\([^;]*\"(sequential|openmp|fork)\"", r"backends/.*",
     "what a backend can do is data: ask for the capability (backends/backend.h)"),
    (r"\b(secure_)?getenv\(|\benviron\b|\bargp_parse\(",
     r"src/cli/.*|src/lambda/runtime/environment\.c",
     "the environment and arguments are read by src/cli and src/lambda/runtime/environment.c, and "
     "handed on as options"),
    (r"\b(exit|_exit|abort|signal|sigaction)\(",
     r"src/(cli|lambda)/.*|backends/fork[a-z_]*\.c",
     "nothing in the library ends the process or touches its signals: return an error"),
    (r"\b(printf|puts|putchar|perror)\(|\b(stdout|stderr)\b", r"src/cli/.*",
     "printing is src/cli's: append to a struct buf, or fill in a struct thresh_error"),
)


def room_of(path):
    """The place in the table, of the longest name that holds the path."""
    best = None
    for place, room in enumerate(ROOMS):
        if (path == room or path.startswith(room + "/")) and (
                best is None or len(room) > len(ROOMS[best])):
            best = place
    return best


def resolve(include, paths):
    return next((path for path in ("src/" + include, include) if path in paths), None)


def _breach(place, what, user, used):
    user_room, used_room = ROOMS[room_of(user)], ROOMS[room_of(used)]
    if user_room == "backends" and used_room not in BACKENDS_KNOW:
        return (place, "%s: backends know nothing of %s" % (what, used_room),
                "hand it in through struct backend_work")
    if room_of(used) > room_of(user):
        return (place, "%s: %s is not to know of %s" % (what, user_room, used_room),
                "move it down, or hand it in as an argument (the order of rooms: ci/house/rooms.py)")
    return None


def includes(files, link):
    del link
    ours = [file for file in files if file.is_ours]
    paths = {file.path for file in ours}
    for file in ours:
        if room_of(file.path) is None:
            yield file.path, "is in no room", "put it in one, or the room in ci/house/rooms.py"
            continue
        for number, match in file.matches(r'^#include "(.*)"'):
            used = resolve(match.group(1), paths)
            breach = used and _breach("%s:%d" % (file.path, number), "includes " + used, file.path,
                                      used)
            if breach:
                yield breach
        if file.path.startswith("backends/"):
            for number, match in file.matches(r"^#include <(libxml|archive|jansson)"):
                yield ("%s:%d" % (file.path, number), "a backend knows of documents",
                       "it moves bytes: leave what is in them to its work")


def arrows(files, link):
    del files
    for user, name, definer in link.arrows():
        if room_of(user) is not None and room_of(definer) is not None:
            breach = _breach(user, "uses %s of %s" % (name, definer), user, definer)
            if breach:
                yield breach


def _circles(graph):
    """The strongly connected components with more than one member (Tarjan)."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in graph[node]:
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            at = stack.index(node)
            found.append(set(stack[at:]))
            del stack[at:]

    for node in graph:
        if node not in order:
            visit(node)
    return [members for members in found if len(members) > 1]


def headers(files, link):
    """Headers do not include each other in a circle."""
    del link
    ours = {file.path: file for file in files if file.is_ours and file.suffix == ".h"}
    graph = {path: {used for used in (resolve(match.group(1), ours) for _, match in
                                      file.matches(r'^#include "(.*)"')) if used}
             for path, file in ours.items()}
    for members in _circles(graph):
        yield (sorted(members)[0], "headers include each other in a circle: %s" %
               ", ".join(sorted(members)), "move what both need into a header of its own")


def circles(files, link):
    graph = {source: set() for source in link.uses}
    names = {}
    for user, name, definer in link.arrows():
        graph[user].add(definer)
        names.setdefault((user, definer), []).append(name)
    found = _circles(graph)
    for members in found:
        if any(members == allowed for _, allowed in CIRCLES):
            continue
        arrows_in = ["%s uses %s" % (user.rsplit("/", 1)[-1], ", ".join(names[user, definer]))
                     for user, definer in sorted(names) if {user, definer} <= members]
        yield (sorted(members)[0], "%d objects use each other in a circle (%s)" % (
            len(members), "; ".join(arrows_in)), "move what both need into a file of its own")
    heads = {file.path: file.comments[0][1] for file in files if file.comments}
    for header, members in CIRCLES:
        if members not in found:
            yield ("ci/house/rooms.py", "the circle of %s is no more" % ", ".join(sorted(members)),
                   "correct CIRCLES")
        elif "circle" not in heads.get(header, ""):
            yield header, "its head does not speak of the circle of its sources", "say who and why"


def clients(files, link):
    del files
    for user, name, definer in link.arrows():
        if definer.startswith("src/library/") and not user.startswith(
                CLIENTS + ("src/library/",)):
            yield (user, "calls the library's %s" % name,
                   "only the command and the Lambda runtime are its clients: call what is beneath")


def belongings(files, link):
    del link
    for file in files:
        if not file.is_ours:
            continue
        for pattern, allowed, whose in BELONGINGS:
            if re.fullmatch(allowed, file.path):
                continue
            for number, match in file.matches(pattern):
                yield "%s:%d" % (file.path, number), "'%s'" % match.group(0), whose
