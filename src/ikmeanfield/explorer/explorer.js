// The page: choices, the plane, courses at the nearest grid point, and their numbers.

const DATA = JSON.parse(document.getElementById("data").textContent);
const numbers = unpacked(DATA.arrays);
const at = (id) => document.getElementById(id);

const CURVES = {
  fold: ["fold", "#7d7d7d", ""], hopf: ["Hopf", "#00704f", ""],
  cycle_fold: ["fold of cycles", "#e08a1e", ""], homoclinic: ["homoclinic", "#3b6fb6", "7 3"],
  snic: ["SNIC", "#3b6fb6", "2 2"],
};
const MARKS = {
  CP: ["cusp", "diamond", "#7d7d7d"], BT: ["Bogdanov–Takens", "square", "#111"],
  GH: ["generalized Hopf", "circle", "#00704f"], KINK: ["kink (μ = 0)", "down", "#7d7d7d"],
};
const POINTS = {
  "fold ramp": ["fold, on the ramp", "cross", "#2b2b2b"],
  "hopf ramp": ["border of oscillations, on the ramp", "plus", "#1f57b8"],
  "fold held": ["fold, held", "triangle", "#2b2b2b"],
  "hopf held": ["border of oscillations, held", "circle", "#1f57b8"],
};
const FILLS = { 2: ["bistable", "#e8e8e8"], 0: ["oscillating", "#b5dcc9"] };
const STATES = [["rest", "#f4f5f7"], ["active", "#d3e2f4"], ["bistable", "#c4c4c4"],
  ["oscillating", "#f6d9b0"]];
const INKS = ["#0c1f4a", "#e08a1e", "#3b6fb6", "#00704f", "#8a3ca6"];
const NEAR = 1e-9;

const state = { view: 0, theory: "", at: [], method: "both", population: "", color: 0, run: 0, x: 0 };
let view, grid, drawnPlane;

const words = (path) => path.replace("*.", "").replace(/[._]/g, " ");
const withUnit = (text, unit) => (unit && unit !== "1" ? `${text} (${unit})` : text);
const valueText = (value) => (typeof value === "number" ? short(value) : String(value));
const same = (a, b) => a === b || (typeof a === "number" && typeof b === "number"
  && Math.abs(a - b) <= NEAR * Math.max(Math.abs(a), Math.abs(b)));
const unique = (values) => values.filter((v, k) => values.findIndex((w) => same(v, w)) === k);

// ---- Choices ----

// Which of the varied parameters change together; each group is one choice.
function groups() {
  const count = (places) => new Set(
    view.grid.map((g) => places.map((p) => g.at[p]).join(" "))).size;
  const found = [];
  view.names.forEach((_, place) => {
    const group = found.find((g) => count([...g, place]) < count(g) * count([place]));
    if (group) group.push(place);
    else found.push([place]);
  });
  return found;
}

function choice(parent, label, options, chosen, act) {
  if (options.length < 2) return;
  if (options.length > 4) {
    const box = html("div", {}, parent);
    const id = `choice-${label.replace(/\W/g, "-")}`;
    html("label", { for: id, class: "label" }, box, label);
    const list = html("select", { id }, box);
    options.forEach((text, k) => {
      const option = html("option", { value: k }, list, text);
      option.selected = k === chosen;
    });
    list.addEventListener("change", () => act(Number(list.value)));
    return;
  }
  const box = html("fieldset", {}, parent);
  html("legend", {}, box, label);
  options.forEach((text, k) => {
    const line = html("label", {}, box);
    const button = html("input", { type: "radio", name: label, value: k }, line);
    button.checked = k === chosen;
    line.append(` ${text}`);
    button.addEventListener("change", () => act(k));
  });
}

function choices() {
  const form = at("choices");
  const focused = form.contains(document.activeElement)
    && [document.activeElement.name, document.activeElement.id, document.activeElement.value];
  form.replaceChildren();
  const titles = DATA.views.map((v) => `${v.experiment}, ${v.study}: ${words(v.x.path)} and `
    + words(v.y.path));
  const box = html("div", {}, form);
  html("label", { for: "choice-plane", class: "label" }, box, "plane");
  const list = html("select", { id: "choice-plane" }, box);
  titles.forEach((text, k) => {
    html("option", { value: k }, list, text).selected = k === state.view;
  });
  list.addEventListener("change", () => open(Number(list.value)));
  for (const places of groups()) {
    const all = [];
    for (const g of view.grid) {
      const own = places.map((p) => g.at[p]);
      if (!all.some((known) => known.every((v, k) => same(v, own[k])))) all.push(own);
    }
    const label = places.map((p) => withUnit(words(view.names[p].path), view.names[p].unit))
      .join(", ");
    const chosen = all.findIndex((own) => own.every((v, k) => same(v, state.at[places[k]])));
    choice(form, label, all.map((own) => own.map(valueText).join(", ")), chosen, (k) => {
      places.forEach((p, j) => { state.at[p] = all[k][j]; });
      refresh(places);
    });
  }
  choice(form, "theory", view.theories, view.theories.indexOf(state.theory), (k) => {
    state.theory = view.theories[k];
    refresh();
  });
  const methods = ["both", "ramp", "held"];
  if (view.grid.some((g) => g.points.some((p) => p.model === "network"))) {
    choice(form, "network's points", methods, methods.indexOf(state.method), (k) => {
      state.method = methods[k];
      refresh();
    });
  }
  const populations = unique(view.grid.flatMap((g) => g.regions.map((r) => r.population)));
  choice(form, "region of", populations, populations.indexOf(state.population), (k) => {
    state.population = populations[k];
    refresh();
  });
  const colors = colorable();
  if (colors.length) {
    const titles = ["nothing", ...colors.map((s) => `${numberText(s)}, ${s.of}`)];
    choice(form, "colour of grid points", titles, state.color, (k) => {
      state.color = k;
      refresh();
    });
  }
  if (focused) {
    const [name, id, value] = focused;
    const again = id ? at(id) : form.querySelector(`[name="${CSS.escape(name)}"][value="${value}"]`);
    if (again) again.focus();
  }
}

const numberText = (s) => `${s.label} (${s.study})`;

// Numbers that differ between grid points with a place of their own, which colours can show.
function colorable() {
  const placed = view.grid.map((g, k) => [g, k]).filter(([g]) => g.x !== null);
  return view.scalars.filter((s) => {
    const column = numbers(s.values);
    return unique(placed.map(([, k]) => column[k]).filter((v) => !Number.isNaN(v))).length > 1;
  });
}

function open(number) {
  view = DATA.views[number];
  const first = view.grid.find((g) => g.courses.length) || view.grid[0];
  Object.assign(state, {
    view: number, theory: view.theories[0], at: first ? [...first.at] : [],
    population: first && first.regions.length ? first.regions[0].population : "", color: 0,
  });
  refresh();
  const middle = grid[Math.floor(grid.length / 2)];
  if (middle) move(view.grid.indexOf(middle), (view.x.bounds[0] + view.x.bounds[1]) / 2);
}

// Everything anew; `kept` are the parameters that were just chosen.
function refresh(kept = []) {
  const fits = (g, places) => places.every((p) => same(g.at[p], state.at[p]));
  const every = view.names.map((_, place) => place);
  grid = view.grid.filter((g) => fits(g, every));
  if (!grid.length && view.grid.length) {
    const nearest = view.grid.find((g) => fits(g, kept)) || view.grid[0];
    state.at = [...nearest.at];
    grid = view.grid.filter((g) => fits(g, every));
  }
  choices();
  drawPlane();
  if (grid.length) {
    const here = view.grid[state.run] || grid[0];
    move(view.grid.indexOf(nearestTo(state.x, here.y)), state.x);
  }
}

// ---- The plane ----

const rows = () => [...grid].sort((a, b) => a.y - b.y);

function nearestTo(px, py) {
  if (!grid.length) return undefined;
  const [x, y] = [view.x.bounds, view.y.bounds].map(([low, high]) => high - low);
  const distance = (g) => Math.hypot(g.x === null ? 0 : (g.x - px) / x, (g.y - py) / y);
  return grid.reduce((best, g) => (distance(g) < distance(best) ? g : best));
}

function drawPlane() {
  const box = at("plane");
  box.replaceChildren();
  const width = Math.max(300, Math.min(640, box.clientWidth || 640));
  const title = `${view.experiment}: ${words(view.x.path)} and ${words(view.y.path)}`;
  at("plane-title").textContent = title;
  box.setAttribute("aria-label", `Plane of ${title}`);
  const drawn = plot(box, {
    width, height: Math.round(width * 0.82), xDomain: view.x.bounds, yDomain: view.y.bounds,
    xLabel: withUnit(words(view.x.path), view.x.unit),
    yLabel: withUnit(words(view.y.path), view.y.unit), label: title,
  });
  const { inside, x, y } = drawn;
  const legend = new Map();
  const map = drawMap(drawn, legend);
  const numbersOfPlanes = new Set(grid.flatMap((g) => g.planes));
  for (const plane of view.planes.filter((p, k) => numbersOfPlanes.has(k)
    && p.theory === state.theory)) {
    for (const region of map ? [] : plane.regions) {
      const [name, color] = FILLS[region.stable];
      element("path", {
        d: `${polyline(numbers(region.x), numbers(region.y), x, y)}Z`, fill: color,
      }, inside);
      legend.set(name, ["fill", color]);
    }
    for (const curve of plane.curves) {
      const [name, color, dash] = CURVES[curve.kind] || [words(curve.kind), "#555", "4 2"];
      element("path", {
        d: polyline(numbers(curve.x), numbers(curve.y), x, y), fill: "none", stroke: color,
        "stroke-width": 2, "stroke-dasharray": dash,
      }, inside);
      legend.set(name, ["line", color, dash]);
    }
    for (const mark of plane.marks) {
      const [name, shape, color] = MARKS[mark.kind];
      marker(inside, shape, x(mark.x), y(mark.y), {
        color, hollow: !mark.converged || mark.kind === "KINK",
      });
      legend.set(name, ["mark", color, shape]);
    }
  }
  drawPoints(drawn, legend);
  drawGrid(drawn, legend);
  showLegend(at("plane-legend"), legend);
  drawnPlane = { ...drawn, cursor: element("g", {}, inside) };
}

// Grid points: marks at the edge where the network moves along the plane, else circles, which may
// be coloured by a number.
function drawGrid({ inside, x, y }, legend) {
  const chosen = state.color ? colorable()[state.color - 1] : undefined;
  const column = chosen && numbers(chosen.values);
  const known = column ? [...column].filter((v) => !Number.isNaN(v)) : [];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  for (const g of grid) {
    if (g.x === null) {
      element("path", { class: "axis", d: `M${x.domain.map(x)[0]} ${y(g.y)}h5` }, inside);
      continue;
    }
    const value = column ? column[view.grid.indexOf(g)] : NaN;
    if (Number.isNaN(value)) {
      marker(inside, "circle", x(g.x), y(g.y), { color: "#0c1f4a", hollow: true });
    } else {
      element("circle", { cx: x(g.x), cy: y(g.y), r: 6, stroke: "#333",
        fill: shade((value - low) / (high - low || 1)) }, inside);
    }
  }
  if (chosen) {
    legend.set(`${short(low)} ${chosen.unit === "1" ? "" : chosen.unit}`, ["fill", shade(0)]);
    legend.set(`${short(high)} ${chosen.unit === "1" ? "" : chosen.unit}`, ["fill", shade(1)]);
  }
}

// What networks do at currents that are held, as coloured cells.
function drawMap({ inside, x, y }, legend) {
  const ordered = rows().filter((g) => g.regions.length);
  ordered.forEach((g, row) => {
    const region = g.regions.find((r) => r.population === state.population) || g.regions[0];
    const currents = numbers(region.x);
    const edge = (k, list, value) => (k < 0 || k >= list.length - 1
      ? value(list[Math.min(Math.max(k, 0), list.length - 1)])
      : (value(list[k]) + value(list[k + 1])) / 2);
    const bottom = y(edge(row - 1, ordered, (o) => o.y));
    const top = y(edge(row, ordered, (o) => o.y));
    region.region.forEach((number, k) => {
      const left = x(edge(k - 1, currents, (c) => c));
      const [name, color] = STATES[number];
      element("rect", {
        x: left, y: top, width: Math.max(0.5, x(edge(k, currents, (c) => c)) - left),
        height: Math.max(2, bottom - top), fill: color,
      }, inside);
      legend.set(`network: ${name}`, ["fill", color]);
    });
  });
  return ordered.length > 0;
}

const chosenPoints = (g) => g.points.filter((p) => p.model === "network"
  && (state.method === "both" || p.method === state.method));

function drawPoints({ inside, x, y }, legend) {
  for (const g of grid) {
    for (const point of chosenPoints(g)) {
      const [name, shape, color] = POINTS[`${point.kind} ${point.method}`];
      if (point.lower !== null && point.upper !== null) {
        element("path", { d: `M${x(point.lower)} ${y(g.y)}H${x(point.upper)}`, stroke: color },
          inside);
      }
      marker(inside, shape, x(point.x), y(g.y), { color });
      legend.set(`network: ${name}`, ["mark", color, shape]);
    }
    const traced = new Set(view.theories);
    for (const point of g.points.filter((p) => p.model !== "network" && !traced.has(p.model))) {
      marker(inside, "square", x(point.x), y(g.y), { color: "#3b6fb6", hollow: true });
      legend.set(`${point.model}: ${point.kind}`, ["mark", "#3b6fb6", "square", true]);
    }
  }
}

function showLegend(box, entries) {
  box.replaceChildren();
  for (const [name, [kind, color, more, hollow]] of entries) {
    const item = html("span", {}, box);
    const svg = element("svg", { viewBox: "0 0 26 14", "aria-hidden": "true" }, item);
    if (kind === "fill") {
      element("rect", { x: 3, y: 1, width: 20, height: 12, fill: color, stroke: "#888" }, svg);
    } else if (kind === "line") {
      element("path", {
        d: "M1 7H25", stroke: color, "stroke-width": 2.5, "stroke-dasharray": more || "",
      }, svg);
    } else {
      marker(svg, more, 13, 7, { color, hollow });
    }
    item.append(name);
  }
}

// ---- Where one looks ----

function move(run, px) {
  state.run = run;
  const g = view.grid[run];
  const [low, high] = view.x.bounds;
  state.x = g.x === null ? Math.min(high, Math.max(low, px)) : g.x;
  const { cursor, x, y } = drawnPlane;
  cursor.replaceChildren();
  const look = { stroke: "#c0392b", "stroke-width": 1.4, fill: "none" };
  element("path", { d: `M${x(low)} ${y(g.y)}H${x(high)}`, ...look }, cursor);
  element("path", { d: `M${x(state.x)} ${y.domain.map(y).join("V")}`, ...look,
    "stroke-dasharray": "3 3" }, cursor);
  marker(cursor, "circle", x(state.x), y(g.y), { color: "#c0392b" });
  drawCourses(g);
  showNumbers(g);
}

function pointed(event) {
  const box = drawnPlane.svg.getBoundingClientRect();
  const factor = drawnPlane.width / box.width;
  const px = drawnPlane.x.back((event.clientX - box.left) * factor);
  const py = drawnPlane.y.back((event.clientY - box.top) * factor);
  const near = nearestTo(px, py);
  if (near) move(view.grid.indexOf(near), px);
}

function keyed(event) {
  const here = view.grid[state.run];
  if (!here) return;
  const [low, high] = view.x.bounds;
  const step = ((high - low) / 100) * (event.shiftKey ? 10 : 1);
  let [run, px] = [here, state.x];
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const way = (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1);
    const column = rows().filter((g) => g.x === null || same(g.x, here.x));
    const place = column.indexOf(here) + way;
    run = column[Math.min(column.length - 1, Math.max(0, place))];
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const way = event.key === "ArrowRight" ? 1 : -1;
    if (here.x === null) px += way * step;
    else {
      const row = grid.filter((g) => same(g.y, here.y)).sort((a, b) => a.x - b.x);
      run = row[Math.min(row.length - 1, Math.max(0, row.indexOf(here) + way))];
    }
  } else if (event.key === "Home" || event.key === "End") {
    px = event.key === "Home" ? low : high;
  } else return;
  event.preventDefault();
  move(view.grid.indexOf(run), px);
  at("told").textContent = `${place(view.grid[state.run])}. ${told(view.grid[state.run])}`;
}

const place = (g) => [
  `${words(view.y.path)} ${short(g.y)} ${view.y.unit}`,
  `${words(view.x.path)} ${shown(Number(state.x.toPrecision(4)))} ${view.x.unit}`,
  ...view.names.map((name, k) => `${words(name.path)} ${valueText(g.at[k])} ${name.unit}`),
].join(", ").replace(/ 1(?=,|$)/g, "");

// A point in words: what it is, how it was found, and on which side or slope.
function pointText(p) {
  const known = POINTS[`${p.kind} ${p.method}`];
  const where = { up: "rising current", down: "falling current" }[p.direction] || p.direction;
  const name = known ? known[0] : (CURVES[p.kind] || [p.kind])[0];
  return where ? `${name}, ${where}` : name;
}

const told = (g) => chosenPoints(g).map(
  (p) => `Network: ${pointText(p)}: ${short(p.x)}`).join("; ");

// ---- Courses ----

function inkOf(model) {
  if (model === "network") return "#8c929c";
  if (model === "input") return "#555";
  const models = unique(view.grid.flatMap((g) => g.courses.map((c) => c.model)))
    .filter((m) => m !== "network" && m !== "input");
  return INKS[models.indexOf(model) % INKS.length];
}

function drawCourses(g) {
  const box = at("courses");
  box.replaceChildren();
  at("courses-title").textContent = `At ${place(g)}`;
  const panels = unique(g.courses.map((c) => c.panel));
  const legend = new Map();
  if (!panels.length) html("p", { class: "none" }, box, "No courses are stored at this point.");
  const width = Math.max(300, Math.min(560, box.clientWidth || 560));
  panels.forEach((panel, number) => {
    const own = g.courses.filter((c) => c.panel === panel);
    const all = own.map((c) => ({ ...c, xs: numbers(c.x), lows: numbers(c.low),
      highs: numbers(c.high), means: c.mean && numbers(c.mean) }));
    const range = (lists) => lists.reduce(([a, b], list) => list.reduce(
      ([low, high], v) => [Math.min(low, v), Math.max(high, v)], [a, b]), [Infinity, -Infinity]);
    const [bottom, top] = range(all.flatMap((c) => [c.lows, c.highs]));
    const pad = (top - bottom || 1) * 0.05;
    const last = number === panels.length - 1;
    const drawn = plot(box, {
      width, height: last ? 190 : 170, xDomain: range(all.map((c) => c.xs)),
      yDomain: [bottom - pad, top + pad], xLabel: last ? own[0].axis : "", yLabel: panel,
      label: `${panel} against ${own[0].axis}`,
    });
    for (const c of all) drawCourse(drawn, c, legend);
    if (own.some((c) => c.x_is_plane)) {
      for (const point of chosenPoints(g)) {
        const color = POINTS[`${point.kind} ${point.method}`][2];
        const dash = point.method === "held" ? "6 3" : "2 3";
        element("path", { d: `M${drawn.x(point.x)} ${drawn.y.domain.map(drawn.y).join("V")}`,
          stroke: color, "stroke-dasharray": dash }, drawn.inside);
        legend.set(`network: ${POINTS[`${point.kind} ${point.method}`][0]}`, ["line", color, dash]);
      }
      element("path", { d: `M${drawn.x(state.x)} ${drawn.y.domain.map(drawn.y).join("V")}`,
        stroke: "#c0392b", "stroke-width": 1.4, "stroke-dasharray": "3 3" }, drawn.inside);
    }
  });
  showLegend(at("courses-legend"), legend);
}

function drawCourse({ inside, x, y }, c, legend) {
  const color = inkOf(c.model);
  const dash = c.direction === "falling" ? "5 3" : "";
  const wide = c.model === "network";
  element("path", {
    d: band(c.xs, c.lows, c.highs, x, y), fill: color, "fill-opacity": wide ? 0.35 : 0.25,
    stroke: c.means ? "none" : color, "stroke-width": wide ? 1.8 : 1.2, "stroke-dasharray": dash,
  }, inside);
  if (c.means) {
    element("path", { d: polyline(c.xs, c.means, x, y), fill: "none", stroke: color,
      "stroke-width": wide ? 2.4 : 1.6, "stroke-dasharray": dash }, inside);
  }
  const text = c.direction ? `${c.model}, ${c.direction} current` : c.model;
  legend.set(text, ["line", color, dash]);
}

// ---- Numbers ----

function showNumbers(g) {
  const all = at("digits").checked;
  const box = at("values");
  const scrolled = box.scrollTop;
  box.replaceChildren();
  const table = html("table", {}, box);
  const head = html("tr", {}, html("thead", {}, table));
  for (const text of ["quantity", "model", "value"]) html("th", { scope: "col" }, head, text);
  const body = html("tbody", {}, table);
  const row = (what, model, values, unit, file) => {
    const line = html("tr", {}, body);
    html("td", {}, line, what);
    html("td", {}, line, model);
    const cell = html("td", { class: "number" }, line);
    unique(values).forEach((value, k) => {
      if (k) cell.append(" – ");
      if (value === null || Number.isNaN(value)) cell.append("–");
      else html("a", { href: file }, cell, typeof value === "number" ? short(value, all) : value);
    });
    if (unit && unit !== "1") cell.append(` ${unit}`);
  };
  row(words(view.y.path), "grid point", [g.y], view.y.unit, view.plan);
  if (g.x !== null) row(words(view.x.path), "grid point", [g.x], view.x.unit, view.plan);
  view.names.forEach((name, k) => {
    row(words(name.path), "grid point", [g.at[k]], name.unit, view.plan);
  });
  for (const p of g.points) {
    if (p.model === "network" && state.method !== "both" && p.method !== state.method) continue;
    const what = pointText(p);
    row(what, p.model, [p.x], view.x.unit, p.file);
    if (p.lower !== undefined && p.lower !== null) {
      row(`${what}: between`, p.model, [p.lower, p.upper], view.x.unit, p.file);
    }
  }
  for (const c of g.courses.filter((own) => own.x_is_plane)) {
    const xs = numbers(c.x);
    let near = 0;
    for (let k = 1; k < xs.length; k++) {
      if (Math.abs(xs[k] - state.x) < Math.abs(xs[near] - state.x)) near = k;
    }
    const where = `${c.panel.replace(/ \(.*\)$/, "")}, ${c.direction}, at ${short(xs[near])} `
      + view.x.unit;
    const unit = (c.panel.match(/\((.*)\)$/) || ["", ""])[1];
    if (c.mean) row(`${where}: mean`, c.model, [numbers(c.mean)[near]], unit, c.file);
    row(`${where}: lowest to highest`, c.model, [numbers(c.low)[near], numbers(c.high)[near]], unit,
      c.file);
  }
  for (const s of view.scalars) {
    const value = numbers(s.values)[state.run];
    if (!Number.isNaN(value)) row(numberText(s), s.of, [value], s.unit, s.file);
  }
  box.scrollTop = scrolled;
}

// ---- Begin ----

at("about").textContent = DATA.source;
at("windows").textContent = DATA.windows;
at("plane").addEventListener("pointermove", pointed);
at("plane").addEventListener("pointerdown", pointed);
at("plane").addEventListener("keydown", keyed);
at("digits").addEventListener("change", () => grid.length && showNumbers(view.grid[state.run]));
at("choices").addEventListener("submit", (event) => event.preventDefault());
let wide = 0;
new ResizeObserver(([entry]) => {
  if (Math.abs(entry.contentRect.width - wide) > 1) {
    wide = entry.contentRect.width;
    refresh();
  }
}).observe(at("panels"));
open(0);
