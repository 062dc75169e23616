"use strict";
// Reading of numbers, scales and shapes in SVG; knows nothing of what is shown.

function unpacked(encoded) {
  const found = {};
  for (const [size, kind] of [["4", Float32Array], ["8", Float64Array]]) {
    const text = atob(encoded[size]);
    const bytes = new Uint8Array(text.length);
    for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
    found[size] = new kind(bytes.buffer);
  }
  return ([size, first, count]) => found[size].subarray(first, first + count);
}

function element(name, attributes, parent) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  if (parent) parent.appendChild(made);
  return made;
}

function html(name, attributes, parent, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.appendChild(made);
  return made;
}

function scale([low, high], [from, to]) {
  const factor = (to - from) / (high - low || 1);
  const place = (value) => from + (value - low) * factor;
  place.back = (pixel) => low + (pixel - from) / factor;
  place.domain = [low, high];
  return place;
}

function ticks([low, high], most) {
  const raw = (high - low || 1) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((k) => k * power >= raw);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    found.push(Number((k * step).toPrecision(12)));
  }
  return found;
}

const shown = (value) => String(value).replace("-", "−");

function short(value, digits) {
  if (value === null || Number.isNaN(value)) return "–";
  return shown(digits ? value : Number(value.toPrecision(6)));
}

function polyline(xs, ys, x, y) {
  let path = "";
  for (let k = 0; k < xs.length; k++) {
    path += `${k ? "L" : "M"}${x(xs[k]).toFixed(1)} ${y(ys[k]).toFixed(1)}`;
  }
  return path;
}

function band(xs, low, high, x, y) {
  let path = "";
  for (let k = 0; k < xs.length; k++) {
    path += `${k ? "L" : "M"}${x(xs[k]).toFixed(1)} ${y(low[k]).toFixed(1)}`;
  }
  for (let k = xs.length - 1; k >= 0; k--) {
    path += `L${x(xs[k]).toFixed(1)} ${y(high[k]).toFixed(1)}`;
  }
  return `${path}Z`;
}

// An empty plot: axes with ticks and labels. Returns where to draw, and the scales.
function plot(parent, { width, height, xDomain, yDomain, xLabel, yLabel, label }) {
  const margin = { left: 62, right: 12, top: 10, bottom: xLabel ? 42 : 24 };
  const svg = element("svg", {
    viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label,
  }, parent);
  const x = scale(xDomain, [margin.left, width - margin.right]);
  const y = scale(yDomain, [height - margin.bottom, margin.top]);
  const clip = `clip-${plot.count = (plot.count || 0) + 1}`;
  element("rect", {
    x: margin.left, y: margin.top, width: width - margin.left - margin.right,
    height: height - margin.top - margin.bottom,
  }, element("clipPath", { id: clip }, element("defs", {}, svg)));
  const inside = element("g", { "clip-path": `url(#${clip})` }, svg);
  const frame = element("g", {}, svg);
  const bottom = height - margin.bottom;
  element("path", {
    class: "axis", d: `M${margin.left} ${margin.top}V${bottom}H${width - margin.right}`,
  }, frame);
  for (const value of ticks(xDomain, width / 90)) {
    element("path", { class: "axis", d: `M${x(value)} ${bottom}v4` }, frame);
    element("text", { x: x(value), y: bottom + 17, "text-anchor": "middle" }, frame)
      .textContent = shown(value);
  }
  for (const value of ticks(yDomain, height / 45)) {
    element("path", { class: "axis", d: `M${margin.left} ${y(value)}h-4` }, frame);
    element("text", { x: margin.left - 7, y: y(value) + 4, "text-anchor": "end" }, frame)
      .textContent = shown(value);
  }
  if (xLabel) {
    element("text", {
      x: (margin.left + width - margin.right) / 2, y: height - 6, "text-anchor": "middle",
    }, frame).textContent = xLabel;
  }
  element("text", {
    transform: `translate(13 ${(margin.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle",
  }, frame).textContent = yLabel;
  return { svg, inside, x, y, width, height, margin };
}

// From dark to light, and readable for colour-blind eyes (cividis).
const SHADES = [[0, 34, 78], [65, 77, 107], [124, 123, 120], [188, 175, 111], [254, 232, 56]];

function shade(share) {
  const place = Math.min(Math.max(share, 0), 1) * (SHADES.length - 1);
  const first = Math.min(Math.floor(place), SHADES.length - 2);
  const mixed = SHADES[first].map((c, k) => Math.round(
    c + (SHADES[first + 1][k] - c) * (place - first)));
  return `rgb(${mixed.join(" ")})`;
}

const MARKERS = {
  cross: "M-4 -4L4 4M-4 4L4 -4",
  plus: "M-5 0H5M0 -5V5",
  triangle: "M0 -4.5L4.5 4H-4.5Z",
  circle: "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0Z",
  square: "M-3.6 -3.6H3.6V3.6H-3.6Z",
  diamond: "M0 -5L4.5 0L0 5L-4.5 0Z",
  down: "M0 4.5L4.5 -4H-4.5Z",
};

function marker(parent, shape, px, py, { color, hollow }) {
  const open = shape === "cross" || shape === "plus";
  return element("path", {
    d: MARKERS[shape], transform: `translate(${px.toFixed(1)} ${py.toFixed(1)})`, stroke: color,
    "stroke-width": open ? 1.6 : 1, fill: open ? "none" : hollow ? "#fff" : color,
  }, parent);
}
