"use strict";
// The table of documents and what goes with it. The page brings its data in script elements of type
// application/json: "documents" hold rows, and the "faults" behind each what is wrong with them, which is
// read when somebody asks. All that comes from there is put into the page as text.
(function () {
// A row: how much of its path is that of the row before, the rest of it, and so on.
const SHARED = 0, PATH = 1, VERDICT = 2, BYTES = 3, MICROSECONDS = 4, ERRORS = 5, ROOT = 6, SCHEMA = 7, CODES = 8;
const UNREAD = 16; // is added to the verdict of a document that refers to what was not read
const ROW_PX = 33, OVERSCAN = 12, MOST_ROWS = 500000, MOST_PRINTED = 1000;

const VERDICTS = [
  ["valid", "good", "✓"], ["wellformed", "good", "✓"], ["invalid", "bad", "✗"], ["malformed", "broken", "✗"],
  ["unmapped", "warn", "?"], ["unreadable", "bad", "!"], ["timeout", "bad", "!"], ["lost", "bad", "!"],
  ["skipped", "none", "–"],
];
const UNREAD_VERDICT = ["unread", "warn", "?"];
// What needs a look comes first.
const RANK = ["lost", "timeout", "unreadable", "malformed", "invalid", "unmapped", "unread", "skipped",
  "wellformed", "valid"];

const $ = (id) => document.getElementById(id);
// What controls how text is shown is shown itself: no name can pass for another.
const plain = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
  (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {}))
    if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
const number = new Intl.NumberFormat("en").format;

function verdictOf(row) {
  return row[VERDICT] >= UNREAD ? UNREAD_VERDICT : VERDICTS[row[VERDICT]];
}
function bytesText(n) {
  if (n === null || n === undefined) return "";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let i = 0;
  while (n >= 1000 && i < units.length - 1) { n /= 1000; i++; }
  return (i && n < 10 ? n.toFixed(1) : Math.round(n)) + " " + units[i];
}
function timeText(us) {
  if (us === null || us === undefined) return "";
  if (us < 1000) return Math.round(us) + " µs";
  if (us < 1e6) return (us / 1000).toFixed(us < 10000 ? 1 : 0) + " ms";
  return (us / 1e6).toFixed(us < 1e7 ? 1 : 0) + " s";
}

// -- The data

const rows = [], chunks = [];
for (const element of document.querySelectorAll("script.documents")) {
  const first = rows.length;
  let path = "", root = "", schema = "";
  for (const row of JSON.parse(element.textContent)) {
    row[PATH] = path = path.slice(0, row[SHARED]) + row[PATH];
    row[ROOT] = root = row[ROOT] === 0 ? root : row[ROOT];
    row[SCHEMA] = schema = row[SCHEMA] === 0 ? schema : row[SCHEMA];
    rows.push(row);
  }
  chunks.push({first, faults: element.nextElementSibling, read: null});
}
function faultsOf(index) {
  let low = 0, high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (chunks[middle].first <= index) low = middle; else high = middle - 1;
  }
  const chunk = chunks[low];
  if (!chunk.read) chunk.read = JSON.parse(chunk.faults.textContent);
  return chunk.read[index - chunk.first] || [];
}
const rankOf = Array.from({length: 2 * UNREAD}, (_, verdict) =>
  RANK.indexOf(verdict >= UNREAD ? "unread" : verdict < VERDICTS.length ? VERDICTS[verdict][0] : ""));
function ranked(row) { return rankOf[row[VERDICT]]; }

// -- One document's errors

function faultItems(index, most) {
  const list = make("ol");
  const faults = faultsOf(index);
  for (const [line, column, code, kind, message, path] of faults.slice(0, most)) {
    const where = [line ? "line " + line : "", column ? "column " + column : ""].filter(Boolean).join(", ");
    const isNotice = kind === "archive" && rows[index][VERDICT] % UNREAD !== 5;
    const item = make("li", {class: isNotice ? "warn" : null},
      make("p", {class: "message"}, plain(message)),
      make("p", {class: "where"}, (where ? where + " · " : ""), make("code", {}, code), " · " + kind));
    if (path) item.append(make("p", {class: "where"}, "at ", make("code", {}, plain(path))));
    list.append(item);
  }
  const rest = rows[index][ERRORS] - Math.min(faults.length, most);
  if (rest > 0) list.append(make("li", {class: "warn"}, "and " + number(rest) + " more"));
  return list;
}
function details(index) {
  const row = rows[index], facts = make("dl");
  const fact = (name, value) => {
    if (value) facts.append(make("div", {}, make("dt", {}, name), make("dd", {class: "path"}, plain(value))));
  };
  fact("Path", row[PATH]);
  fact("Root", row[ROOT]);
  fact("Schema", row[SCHEMA]);
  fact("Size", row[BYTES] === null ? "" : number(row[BYTES]) + " bytes");
  fact("Why", row[VERDICT] === 8 ? row[CODES] : "");
  const list = faultItems(index, 10000);
  return list.childElementCount ? [facts, list]
    : [facts, make("p", {class: "where"}, "Nothing is wrong with it that a record would tell.")];
}

// -- Which rows, in which order

const columns = [
  {key: "verdict", title: "Verdict", width: "8.5rem", value: ranked, first: 1},
  {key: "path", title: "Document", value: (row) => row[PATH], first: 1},
  {key: "errors", title: "Errors", width: "6rem", numeric: true, value: (row) => row[ERRORS],
    text: (row) => row[ERRORS] ? number(row[ERRORS]) : ""},
  {key: "code", title: "First error", width: "15rem", value: (row) => row[CODES] || "", first: 1},
  {key: "size", title: "Size", width: "6.5rem", numeric: true, value: (row) => row[BYTES] ?? -1,
    text: (row) => bytesText(row[BYTES])},
  {key: "time", title: "Time", width: "6.5rem", numeric: true, value: (row) => row[MICROSECONDS] ?? -1,
    text: (row) => timeText(row[MICROSECONDS])},
  {key: "root", title: "Root", width: "12rem", hidden: true, value: (row) => row[ROOT], first: 1},
  {key: "schema", title: "Schema", width: "10rem", hidden: true, value: (row) => row[SCHEMA], first: 1},
];
const sort = {column: columns[0], direction: 1};
const filter = {words: [], verdicts: new Set(), code: null, ranges: {}};
let shown = [], open = -1, active = 0;

function holds(row) {
  if (filter.verdicts.size && !filter.verdicts.has(verdictOf(row)[0])) return false;
  if (filter.code !== null && row.indexOf(filter.code, CODES) < 0) return false;
  for (const range of Object.values(filter.ranges)) {
    const value = row[range.column];
    if (value === null || value < range.from || value >= range.to) return false;
  }
  for (const word of filter.words) {
    if (word.test(row[PATH]) || word.test(row[ROOT]) || word.test(row[SCHEMA])) continue;
    let found = false;
    for (let i = CODES; i < row.length && !found; i++) found = word.test(row[i]);
    if (!found) return false;
  }
  return true;
}
function choose() {
  const text = $("find").value.trim();
  filter.words = text ? text.split(/\s+/).map((word) =>
    new RegExp(word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "i")) : [];
  shown = [];
  for (let i = 0; i < rows.length; i++) if (holds(rows[i])) shown.push(i);
  order();
  $("count").textContent = shown.length === rows.length ? "All " + number(rows.length) + " entries"
    : number(shown.length) + " of " + number(rows.length) + " entries";
  if (shown.length > MOST_ROWS)
    $("count").textContent += "; the first " + number(MOST_ROWS) + " of them are below: find what you look for";
  showChosen();
}
function order() {
  const {column, direction} = sort;
  if (column.value === ranked) { // few values: dealt out, not compared
    const piles = RANK.map(() => []);
    for (const index of shown) piles[ranked(rows[index])].push(index);
    if (direction < 0) piles.reverse();
    shown = [].concat(...piles);
  } else {
    const keys = new Array(rows.length);
    for (const index of shown) keys[index] = column.value(rows[index]);
    shown.sort((a, b) => {
      const x = keys[a], y = keys[b];
      return x < y ? -direction : x > y ? direction : a - b;
    });
  }
  open = -1;
  active = 0;
  $("scroll").scrollTop = 0;
  draw();
}

// -- The table: as many rows as are seen are in the page

const head = document.querySelector("#table thead tr"), body = document.querySelector("#table tbody");
let openPx = 0;

function drawHead() {
  head.replaceChildren(...columns.filter((column) => !column.hidden).map((column) => {
    const cell = make("th", {scope: "col", class: column.numeric ? "number" : null,
      "aria-sort": sort.column === column ? (sort.direction > 0 ? "ascending" : "descending") : null});
    const button = make("button", {type: "button"}, column.title);
    button.addEventListener("click", () => {
      sort.direction = sort.column === column ? -sort.direction : column.first || -1;
      sort.column = column;
      drawHead();
      order();
      head.children[columns.filter((c) => !c.hidden).indexOf(column)].firstChild.focus();
    });
    if (column.width) cell.style.width = column.width;
    cell.append(button);
    return cell;
  }));
}
function space(px) {
  const row = make("tr", {class: "space", "aria-hidden": "true"}, make("td", {colspan: head.childElementCount}));
  row.firstChild.style.height = px + "px";
  return row;
}
function drawCell(column, row, place) {
  const cell = make("td", {class: column.numeric ? "number" : null});
  if (column.key === "path") {
    const button = make("button", {type: "button", class: "path", "aria-expanded": String(place === open),
      tabindex: place === active ? "0" : "-1", title: plain(row[PATH])});
    button.append(make("bdi", {}, plain(row[PATH])));
    cell.append(button);
  } else if (column.key === "verdict") {
    const [name, kind, sign] = verdictOf(row);
    cell.append(make("span", {class: "verdict " + kind}, make("i", {"aria-hidden": "true"}, sign), name));
  } else if (column.key === "code") {
    cell.append(make("code", {}, row[CODES] || ""));
  } else {
    cell.textContent = column.text ? column.text(row) : plain(column.value(row));
  }
  return cell;
}
function draw() {
  const seen = columns.filter((column) => !column.hidden);
  const box = $("scroll"), n = Math.min(shown.length, MOST_ROWS);
  const above = open >= 0 && box.scrollTop > (open + 1) * ROW_PX ? Math.min(openPx, box.scrollTop - (open + 1) * ROW_PX) : 0;
  const first = Math.max(0, Math.min(n, Math.floor((box.scrollTop - above) / ROW_PX)) - OVERSCAN);
  const last = Math.min(n, first + Math.ceil(box.clientHeight / ROW_PX) + 2 * OVERSCAN);
  const drawn = [];
  for (let place = first; place < last; place++) {
    const row = rows[shown[place]];
    const line = make("tr", {class: place === open ? "row open" : "row", "aria-rowindex": place + 2});
    line.dataset.place = place;
    line.append(...seen.map((column) => drawCell(column, row, place)));
    drawn.push(line);
    if (place === open)
      drawn.push(make("tr", {class: "faults"}, make("td", {colspan: seen.length}, ...details(shown[place]))));
  }
  const focused = body.contains(document.activeElement);
  body.replaceChildren(space(first * ROW_PX + (open >= 0 && open < first ? openPx : 0)), ...drawn,
    space((n - last) * ROW_PX + (open >= last ? openPx : 0)));
  $("table").setAttribute("aria-rowcount", n + 1);
  const faults = body.querySelector(".faults");
  if (faults) openPx = faults.offsetHeight;
  if (focused) focusRow();
}
function rowButton() { return body.querySelector("tr[data-place='" + active + "'] button"); }
function focusRow() {
  const button = rowButton();
  if (button) button.focus({preventScroll: true});
}
function toggle(place) {
  open = open === place ? -1 : place;
  active = place;
  draw();
}
function move(place) {
  const box = $("scroll"), height = head.offsetHeight;
  active = Math.max(0, Math.min(Math.min(shown.length, MOST_ROWS) - 1, place));
  const top = active * ROW_PX + (open >= 0 && open < active ? openPx : 0);
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_PX + height > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX + height - box.clientHeight;
  draw();
  focusRow();
}
body.addEventListener("click", (event) => {
  const line = event.target.closest("tr.row");
  if (!line || String(getSelection())) return;
  toggle(Number(line.dataset.place));
  focusRow();
});
body.addEventListener("keydown", (event) => {
  const page = Math.floor($("scroll").clientHeight / ROW_PX) - 2;
  const step = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page}[event.key];
  const line = event.target.closest("tr.row");
  if (line && step) move(Number(line.dataset.place) + step);
  else if (line && event.key === "Home") move(0);
  else if (line && event.key === "End") move(shown.length - 1);
  else if (event.key === "Escape" && open >= 0) { toggle(open); focusRow(); }
  else return;
  event.preventDefault();
});
let waiting = false;
$("scroll").addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  event.preventDefault();
  $("find").focus();
});

// -- What narrows it down

function showChosen() {
  const chosen = [];
  const add = (text, undo) => {
    const button = make("button", {type: "button", "aria-label": "Remove the filter: " + text}, text);
    button.addEventListener("click", () => { undo(); choose(); $("find").focus(); });
    chosen.push(button);
  };
  if (filter.code !== null) add(filter.code, () => { filter.code = null; });
  for (const [name, range] of Object.entries(filter.ranges))
    add(range.text, () => { delete filter.ranges[name]; drawCharts(); });
  $("chosen").replaceChildren(...chosen);
}
function offerVerdicts() {
  const counts = new Map();
  for (const row of rows) counts.set(verdictOf(row)[0], (counts.get(verdictOf(row)[0]) || 0) + 1);
  for (const name of RANK) {
    if (!counts.has(name)) continue;
    const box = make("input", {type: "checkbox", value: name});
    box.addEventListener("change", () => {
      if (box.checked) filter.verdicts.add(name); else filter.verdicts.delete(name);
      choose();
    });
    $("verdicts").append(make("label", {class: "choice"}, box, make("b", {}, name),
      make("span", {}, number(counts.get(name)))));
  }
}
function offerColumns() {
  for (const column of columns) {
    const box = make("input", {type: "checkbox"});
    box.checked = !column.hidden;
    box.disabled = column.key === "path";
    box.addEventListener("change", () => { column.hidden = !box.checked; drawHead(); draw(); });
    document.querySelector("#columns fieldset").append(make("label", {}, box, " " + column.title));
  }
}
let typing = 0;
$("find").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(choose, 80); });
$("filters").addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll("button[data-code]")) {
  button.disabled = false;
  button.addEventListener("click", () => {
    filter.code = button.dataset.code;
    choose();
    $("documents").scrollIntoView();
    active = 0;
    focusRow();
  });
}

// -- Histograms: a bar for each doubling

function chart(figure, name, title, column, text) {
  const values = Float64Array.from(rows.filter((row) => row[column] !== null), (row) => row[column]).sort();
  figure.hidden = !values.length;
  if (!values.length) return;
  const at = (part) => values[Math.min(values.length - 1, Math.floor(values.length * part))];
  const from = Math.floor(Math.log2(values[0] || 1)), to = Math.floor(Math.log2(values[values.length - 1] || 1));
  const counts = new Array(to - from + 1).fill(0);
  for (const value of values) counts[Math.floor(Math.log2(value || 1)) - from]++;
  const most = Math.max(...counts);
  const bars = make("div", {class: "bars", role: "group", "aria-label": title}), ticks = make("div", {class: "ticks", "aria-hidden": "true"});
  const every = Math.ceil(counts.length / 8);
  counts.forEach((count, i) => {
    const low = i + from ? 2 ** (i + from) : 0, high = 2 ** (i + from + 1);
    const label = text(low) + " to " + text(high);
    const bar = make("button", {type: "button", class: count ? null : "empty", disabled: count ? null : "",
      title: label + ": " + number(count), "aria-label": label + ": " + number(count) + " documents",
      "aria-pressed": String(filter.ranges[name]?.from === low)}, make("i"));
    bar.firstChild.style.height = (count / most * 100) + "%";
    bar.addEventListener("click", () => {
      if (filter.ranges[name]?.from === low) delete filter.ranges[name];
      else filter.ranges[name] = {column, from: low, to: high, text: label};
      drawCharts();
      choose();
      document.querySelectorAll("#" + figure.id + " .bars button")[i].focus();
    });
    bars.append(bar);
    ticks.append(make("span", {}, i % every ? "" : text(low)));
  });
  figure.replaceChildren(make("figcaption", {}, title + " ", make("span", {}, "median " + text(at(.5)) +
    ", 95 % up to " + text(at(.95)) + ", largest " + text(values[values.length - 1]))), bars, ticks);
}
function drawCharts() {
  chart($("sizes"), "size", "Size of a document", BYTES, bytesText);
  chart($("times"), "time", "Time for a document", MICROSECONDS, timeText);
  $("spread-section").hidden = $("sizes").hidden && $("times").hidden;
}

// -- On paper

function fillPrint() {
  const bad = [];
  for (let i = 0; i < rows.length; i++) if (verdictOf(rows[i])[1] !== "good" && verdictOf(rows[i])[0] !== "skipped") bad.push(i);
  bad.sort((a, b) => ranked(rows[a]) - ranked(rows[b]) || a - b);
  const parts = [make("p", {}, bad.length ? "Those that are not good, with their errors:" : "All documents are good.")];
  for (const index of bad.slice(0, MOST_PRINTED)) {
    const [name, kind] = verdictOf(rows[index]);
    parts.push(make("h3", {}, make("span", {class: "verdict " + kind}, name), " ", make("span", {class: "path"}, plain(rows[index][PATH]))),
      faultItems(index, 20));
  }
  if (bad.length > MOST_PRINTED) parts.push(make("p", {}, "and " + number(bad.length - MOST_PRINTED) + " more, which are in the page"));
  $("print").replaceChildren(...parts);
}
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("section > details")) details.open = true;
  fillPrint();
});
addEventListener("afterprint", () => $("print").replaceChildren());

$("table-section").hidden = false;
drawHead();
offerVerdicts();
offerColumns();
choose();
drawCharts();
addEventListener("resize", draw);
}());
