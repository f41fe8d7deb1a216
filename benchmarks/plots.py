# SPDX-License-Identifier: MIT
"""Plots of the results by gnuplot, each as SVG and PNG. Without gnuplot there are none."""
import os
import shutil
import subprocess

HEAD = """set encoding utf8
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
set style data histogram
set style histogram cluster gap 1
set style fill solid 0.85 border -1
"""
TERMINALS = (("svg", 'svg size 800,450 font "sans,13" background "white"'),
             ("png", 'png size 1000,560 font "sans,12"'))


def draw(context, name, script):
    if not shutil.which("gnuplot"):
        return
    for suffix, terminal in TERMINALS:
        text = 'set terminal %s\nset output "%s.%s"\n%s%s' % (
            terminal, context.path(name), suffix, HEAD, script)
        done = subprocess.run(["gnuplot"], input=text.encode(), stderr=subprocess.PIPE)
        if done.returncode:
            print("gnuplot: %s: %s" % (name, done.stderr.decode()[-300:]))


def block(name, lines):
    return "$%s << EOD\n%s\nEOD\n" % (name, "\n".join(lines))


def quoted(text):
    return '"%s"' % str(text).replace('"', "'")


def plot_backends(context, rows):
    rows = [row for row in rows if "mb_per_s" in row]
    plans = list(dict.fromkeys((row["backend"], row["workers"]) for row in rows))
    corpora = list(dict.fromkeys(row["corpus"] for row in rows))
    speed = {(row["corpus"], row["backend"], row["workers"]): row["mb_per_s"] for row in rows}
    lines = [" ".join([quoted(corpus)] + [str(speed.get((corpus, *plan), 0)) for plan in plans])
             for corpus in corpora]
    series = ", ".join('$d using %d:xtic(1) title "%s, %d"' % (i + 2, *plan)
                       for i, plan in enumerate(plans))
    draw(context, "backends", block("d", lines) + 'set title "MB/s of XML, whole command"\n'
         "set key outside\nset yrange [0:*]\nplot %s\n" % series)


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
             "set key outside\nplot %s\n" % ", ".join(series))


def plot_cost(context, rows):
    text, series = "", []
    for workers in sorted({row["workers"] for row in rows}):
        lines = ["%f %f" % (row["wall_ms"], row["x86_64_per_1000_archives"]) for row in
                 sorted(rows, key=lambda row: row["mb"]) if row["workers"] == workers]
        text += block("w%d" % workers, lines)
        series.append('$w%d using 1:2 with points pt 7 lc %d title "%d worker%s"'
                      % (workers, workers, workers, "s"[:workers > 1]))
    if series:
        draw(context, "cost", text + 'set title "Cost and time of one archive, a point a size"\n'
             'set xlabel "ms"\nset ylabel "$ for 1,000 archives, x86\\\\_64"\nset logscale x\n'
             "set yrange [0:*]\nset key outside\nplot %s\n" % ", ".join(series))


def plot_peers(context, rows):
    rows = [row for row in rows if row.get("agrees") and row.get("factor")]
    names = list(dict.fromkeys((row["name"], row["workers"]) for row in rows))
    sets = list(dict.fromkeys(row["archive"] for row in rows))
    factor = {(row["archive"], row["name"], row["workers"]): row["factor"] for row in rows}
    lines = [" ".join([quoted("%s\\n%d" % name if name[0] != "thresh" else "thresh\\n%d" % name[1])]
                      + [str(factor.get((one, *name), 0)) for one in sets]) for name in names]
    series = ", ".join("$d using %d:xtic(1) title %s" % (i + 2, quoted(one))
                       for i, one in enumerate(sets))
    if sets:
        draw(context, "peers", block("d", lines) + 'set title "Time against thresh on all processors '
             '(= 1; less is better)"\nset xtics rotate by -35 font ",10"\nset rmargin 6\n'
             "set yrange [0:*]\nplot %s\n" % series)


def plot_tune(context, rows):
    lines = ["%f %f" % (row["measured_ms"], row["predicted_ms"]) for row in rows]
    if lines:
        draw(context, "tune", block("d", lines) + 'set title "thresh tune: predicted and measured"\n'
             'set xlabel "measured ms"\nset ylabel "predicted ms"\nset logscale xy\nset key off\n'
             "plot x with lines dt 2 lc rgb 'black', $d using 1:2 with points pt 7\n")


def draw_all(context, sections):
    rows = {section.name: section.rows for section in sections}
    for name, plot in (("backends", plot_backends), ("threshold", plot_threshold),
                       ("lambda", plot_lambda), ("cost", plot_cost), ("tune", plot_tune)):
        if rows.get(name):
            plot(context, rows[name])
    if rows.get("peers"):
        plot_peers(context, rows["peers"] + rows.get("article", []))
