# SPDX-License-Identifier: MIT
"""Plots of the results by gnuplot, each as SVG and PNG. Without gnuplot there are none."""
import shutil
import statistics
import subprocess

from sections.backends import APART

COLOURS = ("#1f6f8b", "#e08e0b", "#5a9e3e", "#a0446e", "#6c6c6c", "#8a6d3b")
HEAD = """set encoding utf8
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
set style data histogram
set style histogram cluster gap 1
set style fill solid 1 noborder
set key samplen 1.5 spacing 1.2
""" + "".join('set linetype %d lc rgb "%s"\n' % (number + 1, colour)
              for number, colour in enumerate(COLOURS))
WIDTH, HEIGHT = 800, 450
# The background is drawn: a page may be dark.
TERMINALS = (("svg", 'svg size %d,%d font "sans,13" background "white"', 1),
             ("png", 'pngcairo size %d,%d font "sans,13" background "white"', 1.25))


def draw(context, name, script, height=HEIGHT):
    for suffix, terminal, scale in TERMINALS:
        text = 'set terminal %s\nset output "%s.%s"\n%s%s' % (
            terminal % (WIDTH * scale, height * scale), context.path(name), suffix, HEAD, script)
        done = subprocess.run(["gnuplot"], input=text.encode(), stderr=subprocess.PIPE)
        if done.returncode:
            print("gnuplot: %s.%s: %s" % (name, suffix, done.stderr.decode()[-300:]))


def block(name, lines):
    return "$%s << EOD\n%s\nEOD\n" % (name, "\n".join(lines))


def quoted(text):
    return '"%s"' % str(text).replace('"', "'")


def plot_backends(context, rows):
    judged = {row["corpus"] for row in rows if row["backend"] == APART}
    rows = [row for row in rows if "mb_per_s" in row and row["corpus"] not in judged]
    plans = list(dict.fromkeys((row["backend"], row["workers"]) for row in rows))
    corpora = list(dict.fromkeys(row["corpus"] for row in rows))
    speed = {(row["corpus"], row["backend"], row["workers"]): row["mb_per_s"] for row in rows}
    lines = [" ".join([quoted(corpus)] + [str(speed.get((corpus, *plan), 0)) for plan in plans])
             for corpus in corpora]
    series = ", ".join('$d using %d:xtic(1) title "%s, %d"' % (i + 2, *plan)
                       for i, plan in enumerate(plans))
    draw(context, "backends", block("d", lines) + 'set title "MB/s of XML, whole command"\n'
         "set key outside reverse Left\nset yrange [0:*]\nplot %s\n" % series)


def plot_threshold(context, rows):
    sizes = sorted({row["bytes"] for row in rows})
    text, series = "", []
    for size in sizes:
        lines = ["%d %f" % (row["documents"], row["openmp_gain"]) for row in rows
                 if row["bytes"] == size and row.get("openmp_gain")]
        if lines:
            text += block("s%d" % size, lines)
            series.append('$s%d using 1:2 with linespoints lw 2 title "%d KB each"'
                          % (size, size / 1000))
    if series:
        draw(context, "threshold", text + 'set title "openmp against sequential, by documents"\n'
             'set key bottom right\nset xlabel "documents"\nset ylabel "times as fast"\n'
             "set xrange [0:*]\nplot 1 with lines dt 2 lc rgb 'black' notitle, %s\n"
             % ", ".join(series))


def plot_lambda(context, rows):
    text, series = "", []
    for workers in range(1, 7):
        for how, style in (("measured", "with linespoints lw 2 pt 7 ps 0.5"),
                           ("extrapolated", "with lines lw 2 dt 3")):
            lines = ["%d %f" % (row["mb"], row["wall_ms"]) for row in rows
                     if row["workers"] == workers and row["how"] == how
                     and row["vcpus"] * 1.0 > workers - 1.0001]
            if len(lines) > 1:
                text += block("%s%d" % (how, workers), lines)
                series.append('$%s%d using 1:2 %s lc %d title "%d worker%s, %s"'
                              % (how, workers, style, workers, workers, "s"[:workers > 1], how))
    if series:
        draw(context, "lambda", text + 'set title "One archive by memory size"\n'
             'set xlabel "memory, MB (1769 a vCPU)"\nset ylabel "ms"\nset logscale y\n'
             "set xrange [0:10400]\nset key top right\nplot %s\n" % ", ".join(series))


def plot_cost(context, rows):
    text, series = "", []
    for workers in sorted({row["workers"] for row in rows}):
        lines = ["%f %f" % (row["wall_ms"], row["x86_64_per_1000_archives"]) for row in
                 sorted(rows, key=lambda row: row["mb"]) if row["workers"] == workers]
        text += block("w%d" % workers, lines)
        series.append('$w%d using 1:2 with linespoints pt 7 ps 0.6 lc %d title "%d worker%s"'
                      % (workers, workers, workers, "s"[:workers > 1]))
    if series:
        draw(context, "cost", text + 'set title "Cost and time of one archive, a point a memory size"\n'
             'set xlabel "ms"\nset ylabel "$ for 1,000 archives, x86\\\\_64"\nset logscale x\n'
             "set yrange [0:*]\nset key top right\nplot %s\n" % ", ".join(series))


def peer_label(name, workers):
    if name != "thresh":
        return name
    return "thresh" if workers > 1 else "thresh, 1 worker"


def plot_peers(context, rows):
    """Bars that lie, so that names can be read: a group a program, a colour an archive."""
    rows = [row for row in rows if row.get("agrees") and row.get("factor")]
    archives = list(dict.fromkeys(row["archive"] for row in rows))
    factors = {}
    for row in rows:
        label = peer_label(row["name"], row["workers"])
        factors.setdefault(label, {})[row["archive"]] = row["factor"]
    order = sorted(factors, key=lambda label: (
        label != "thresh", not label.startswith("thresh"), statistics.geometric_mean(factors[label].values())))
    thick, text, series, labels = 0.8 / max(1, len(archives)), "", [], []
    for number, archive in enumerate(archives):
        lines = []
        for place, label in enumerate(order):
            factor = factors[label].get(archive)
            if factor:
                middle = place + (number - (len(archives) - 1) / 2) * thick
                lines.append("%g %g %g %g" % (factor, middle, middle - thick / 2, middle + thick / 2))
        text += block("a%d" % number, lines)
        colour = COLOURS[number % len(COLOURS)]
        series.append('$a%d using 1:2:(0):1:3:4 with boxxyerror fc rgb "%s" title %s'
                      % (number, colour, quoted(archive)))
        labels.append('$a%d using 1:2:(sprintf(" %%.1f", $1)) with labels left font ",10" notitle'
                      % number)
    if archives:
        tics = ", ".join("%s %d" % (quoted(label), place) for place, label in enumerate(order))
        draw(context, "peers", text + 'set label "Time for the same archive and the same verdicts; '
             'thresh with %d workers is 1" at screen 0.5,0.975 center font ",15"\n' % context.cpus
             + "set border 2\nset tmargin 2\nset bmargin 1\nunset grid\nunset xtics\n"
             "set ytics (%s) scale 0\nset yrange [%g:-0.6]\nset xrange [0:%g]\n"
             "set key at graph 0.98, graph 0.97 right top reverse Left\n"
             "plot %s\n" % (tics, len(order) - 0.4, 1.08 * max(row["factor"] for row in rows),
                            ", ".join(series + labels)), 70 + len(order) * (12 * len(archives) + 12))


def plot_tune(context, rows):
    lines = ["%f %f" % (row["measured_ms"], row["predicted_ms"]) for row in rows]
    if lines:
        draw(context, "tune", block("d", lines) + 'set title "thresh tune: predicted and measured"\n'
             'set xlabel "measured ms"\nset ylabel "predicted ms"\nset logscale xy\nset key off\n'
             "plot x with lines dt 2 lc rgb 'black', $d using 1:2 with points pt 7\n")


def draw_all(context, sections):
    if not shutil.which("gnuplot"):
        print("\nno plots: gnuplot is not installed")
        return
    rows = {section.name: section.rows for section in sections}
    for name, plot in (("backends", plot_backends), ("threshold", plot_threshold),
                       ("lambda", plot_lambda), ("cost", plot_cost), ("tune", plot_tune)):
        if rows.get(name):
            plot(context, rows[name])
    if rows.get("peers") or rows.get("article"):
        plot_peers(context, rows.get("peers", []) + rows.get("article", []))
