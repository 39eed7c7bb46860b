import { CELLS, cellOf, type FunctionClass, functionClasses, INPUTS, type Point, SIDE } from './classes.js';

/** Pixels along a side of each plane. */
const PIXELS = 420;
const CELL = PIXELS / CELLS;
/** Where the target begins: residual networks reach it, plain ones get away from it. */
const TARGET: Point = [-1.2, 1.1];
const DIGITS = 3;

/** The figure of function classes as one HTML page: nothing else is needed to look at it. @param classes as computed */
export function functionClassesPage(
  classes = { plain: functionClasses('plain'), residual: functionClasses('residual') },
): string {
  const data = {
    side: SIDE,
    pixels: PIXELS,
    target: TARGET,
    classes: Object.fromEntries(
      Object.entries(classes).map(([kind, all]) => [
        kind,
        all.map(({ points }) => points.flat().map((value) => Number(value.toFixed(DIGITS)))),
      ]),
    ),
  };
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Function classes</title>
<style>${STYLE}</style>
<h1>Function classes</h1>
<p>Each point is a function: what it makes of the two inputs ${INPUTS.join(' and ')}. A colour is a class: all functions that
networks of that many layers can be, found by trying their weights. The star is the function that is looked for: drag it, or
move it by the arrow keys. The line goes around the class of so many layers.</p>
<p><label>Layers <input id="depth" type="range" min="1" max="${classes.plain.length}" value="${classes.plain.length}"> <output id="layers"></output></label></p>
<div class="planes">
${plane('plain', 'Not nested: plain layers', 'y → tanh(w y + b)', classes.plain)}
${plane('residual', 'Nested: residual layers', 'y → y + a tanh(w y + b)', classes.residual)}
</div>
<p>The weights of both are from the same ranges: w from 0.4 to 0.8, b from -0.5 to 0.5; a is from -0.4 to 0.4. With a = 0 a residual layer is the identity, so a
deeper network can be all that a shallower one is: its class can't get farther from any target. No weights make a plain layer the identity:
a deeper one loses functions that a shallower one had. After <i>Dive into Deep Learning</i> 1.0.3, section 8.6.1.</p>
<script>
const data = ${JSON.stringify(data)};
${SCRIPT}
</script>
</html>
`;
}

function plane(kind: string, title: string, layer: string, classes: readonly FunctionClass[]): string {
  // The deepest first, so that what it contains lies on it.
  const areas = [...classes]
    .reverse()
    .map(
      ({ depth, points }) =>
        `<path class="area" data-depth="${depth}" fill="var(--class${depth})" d="${outline(points)}"/>`,
    )
    .join('\n');
  const edges = classes
    .map(({ depth, points }) => `<path class="edge" data-depth="${depth}" d="${edge(points)}"/>`)
    .join('\n');
  const rows = classes
    .map(
      ({ depth, points, contained }) =>
        `<tr data-depth="${depth}"><td><span style="background:var(--class${depth})"></span>${depth}</td><td>${areaText(points)}</td><td>${depth === 1 ? '-' : `${Math.round(100 * contained)} %`}</td><td class="distance"></td></tr>`,
    )
    .join('\n');
  return `<section id="${kind}">
<h2>${title}</h2>
<p><code>${layer}</code></p>
<svg viewBox="0 0 ${PIXELS} ${PIXELS}" role="application" aria-label="${title}">
<path class="axes" d="M0 ${PIXELS / 2}H${PIXELS}M${PIXELS / 2} 0V${PIXELS}"/>
<text x="${PIXELS - 4}" y="${PIXELS / 2 - 6}" text-anchor="end">f(${INPUTS[0]})</text>
<text x="${PIXELS / 2 + 6}" y="14">f(${INPUTS[1]})</text>
${areas}
${edges}
<line class="gap"/><circle class="closest" r="4"/>
<path class="star" tabindex="0" role="slider" aria-label="target" aria-valuetext="" d="${STAR}"/>
</svg>
<table><thead><tr><th>layers</th><th>area</th><th>of the class before</th><th>distance</th></tr></thead><tbody>
${rows}
</tbody></table>
</section>`;
}

/** In the units of the plane. */
function areaText(points: readonly Point[]): string {
  return (points.length * ((2 * SIDE) / CELLS) ** 2).toFixed(2);
}

/** The cells of points as one path: a rectangle for each run of them in a row. */
function outline(points: readonly Point[]): string {
  const cells = points.map((point) => cellOf(point)!).sort((a, b) => a - b);
  const runs: { cell: number; length: number }[] = [];
  for (const cell of cells) {
    const run = runs.at(-1);
    if (run !== undefined && cell === run.cell + run.length && cell % CELLS > 0) run.length++;
    else runs.push({ cell, length: 1 });
  }
  return runs
    .map(({ cell, length }) => {
      const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
      return `M${column * CELL} ${PIXELS - (row + 1) * CELL}h${length * CELL}v${CELL}h${-length * CELL}z`;
    })
    .join('');
}

/** The border of the cells of points as one path: a line where one side is in and the other isn't. */
function edge(points: readonly Point[]): string {
  const cells = new Set(points.map((point) => cellOf(point)!));
  const [right, down] = [`h${CELL}`, `v${CELL}`];
  return [...cells]
    .map((cell) => {
      const [x, y] = [(cell % CELLS) * CELL, PIXELS - (Math.floor(cell / CELLS) + 1) * CELL];
      return [
        cells.has(cell + CELLS) ? '' : `M${x} ${y}${right}`,
        cells.has(cell - CELLS) ? '' : `M${x} ${y + CELL}${right}`,
        cell % CELLS > 0 && cells.has(cell - 1) ? '' : `M${x} ${y}${down}`,
        cell % CELLS < CELLS - 1 && cells.has(cell + 1) ? '' : `M${x + CELL} ${y}${down}`,
      ].join('');
    })
    .join('');
}

const STAR = `M${Array.from({ length: 10 }, (_, i) => {
  const [radius, angle] = [i % 2 === 0 ? 11 : 4.6, (i * Math.PI) / 5];
  return [radius * Math.sin(angle), -radius * Math.cos(angle)].map((value) => value.toFixed(1)).join(' ');
}).join('L')}z`;

const STYLE = `
:root { color-scheme: light dark; --class1: #08519c; --class2: #3182bd; --class3: #6baed6; --class4: #9ecae1; --class5: #c6dbef; --ink: #1f2933; --faint: #66727f; --star: #b45309; }
@media (prefers-color-scheme: dark) { :root { --class1: #c6dbef; --class2: #85b8dd; --class3: #4a90c8; --class4: #2a6499; --class5: #163f66; --ink: #e6ebf0; --faint: #9aa7b4; --star: #fbbf24; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; color: var(--ink); }
.planes { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 2rem; }
h2 { font-size: 1.1rem; margin: 0; } section p { margin: 0 0 .5rem; }
svg { width: 100%; touch-action: none; border: 1px solid var(--faint); border-radius: 4px; }
svg text { font-size: 13px; fill: var(--faint); }
.axes { stroke: var(--faint); stroke-width: .5; fill: none; } .edge { stroke: var(--ink); stroke-width: 1.5; fill: none; display: none; } .edge.now { display: inline; } .gap { stroke: var(--star); stroke-width: 2; stroke-dasharray: 5 3; }
.star { fill: var(--star); cursor: grab; } .star:focus { outline: none; stroke: var(--ink); stroke-width: 2; } .closest { fill: none; stroke: var(--star); stroke-width: 2; }
.hidden { display: none; } tr.hidden { display: table-row; visibility: hidden; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { text-align: right; padding: .1rem .4rem; font-weight: normal; }
th { color: var(--faint); font-size: .85rem; } td span { display: inline-block; width: .8em; height: .8em; margin-right: .4em; } tr.now { font-weight: bold; } tr.now td { font-weight: bold; }
input { vertical-align: middle; }
`;

/** Of the page: it draws nothing anew but the star, the closest function and the distances. */
const SCRIPT = `
const scale = data.pixels / (2 * data.side);
const place = ([x, y]) => [(x + data.side) * scale, data.pixels - (y + data.side) * scale];
const depth = document.getElementById('depth');
let target = data.target;
function closest(points) {
  let best = { distance: Infinity };
  for (let i = 0; i < points.length; i += 2) {
    const distance = Math.hypot(points[i] - target[0], points[i + 1] - target[1]);
    if (distance < best.distance) best = { distance, point: [points[i], points[i + 1]] };
  }
  return best;
}
function draw() {
  document.getElementById('layers').textContent = depth.value;
  for (const [kind, classes] of Object.entries(data.classes)) {
    const section = document.getElementById(kind);
    for (const one of section.querySelectorAll('[data-depth]')) {
      one.classList.toggle('hidden', Number(one.dataset.depth) > Number(depth.value));
      one.classList.toggle('now', one.dataset.depth === depth.value);
    }
    const found = classes.map(closest);
    section.querySelectorAll('.distance').forEach((cell, i) => { cell.textContent = found[i].distance.toFixed(2); });
    const [x, y] = place(target);
    const [cx, cy] = place(found[depth.value - 1].point);
    const star = section.querySelector('.star');
    star.setAttribute('transform', 'translate(' + x + ' ' + y + ')');
    star.setAttribute('aria-valuetext', target.map((value) => value.toFixed(2)).join(' and '));
    const set = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
    set(section.querySelector('.gap'), { x1: x, y1: y, x2: cx, y2: cy });
    set(section.querySelector('.closest'), { cx, cy });
  }
}
const moveTo = (x, y) => {
  target = [x, y].map((value) => Math.max(-data.side, Math.min(data.side, value)));
  draw();
};
for (const svg of document.querySelectorAll('svg')) {
  const follow = (event) => {
    const { left, top, width } = svg.getBoundingClientRect();
    const zoom = data.pixels / width / scale;
    moveTo((event.clientX - left) * zoom - data.side, data.side - (event.clientY - top) * zoom);
  };
  svg.addEventListener('pointerdown', (event) => { svg.setPointerCapture(event.pointerId); follow(event); });
  svg.addEventListener('pointermove', (event) => { if (event.buttons > 0) follow(event); });
  svg.addEventListener('keydown', ({ key }) => {
    const step = { ArrowLeft: [-.05, 0], ArrowRight: [.05, 0], ArrowUp: [0, .05], ArrowDown: [0, -.05] }[key];
    if (step) moveTo(target[0] + step[0], target[1] + step[1]);
  });
}
depth.addEventListener('input', draw);
draw();
`;
