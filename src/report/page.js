"use strict";
// Zoom and hover over the figures of the page. Everything it needs is in the page.
const SVG = "http://www.w3.org/2000/svg";

for (const figure of document.querySelectorAll("figure")) {
  const svg = figure.querySelector("svg.figure");
  const told = figure.querySelector("output");
  const data = JSON.parse(figure.querySelector("script").textContent);
  const panels = [...svg.querySelectorAll("svg.panel")].map((node, at) => ({
    node,
    group: node.querySelector("g.data"),
    ticks: svg.querySelectorAll("g.ticks")[at],
    x: node.x.baseVal.value,
    y: node.y.baseVal.value,
    width: node.width.baseVal.value,
    height: node.height.baseVal.value,
    ...data.panels[at],
  }));
  if (panels.length === 0) continue;
  const whole = [Number(panels[0].node.dataset.from), Number(panels[0].node.dataset.to)];
  let view = [...whole];
  const first = panels[0], last = panels[panels.length - 1];
  const cross = add(svg, "line", { class: "cross", y1: first.y, y2: last.y + last.height, visibility: "hidden" });
  const stretch = add(svg, "rect", { class: "drag", y: first.y, height: last.y + last.height - first.y, visibility: "hidden" });
  // The numbers of the axis as they were, to be put back where all is shown.
  const drawn = panels.map((panel) => panel.ticks.innerHTML);

  function add(parent, name, attributes) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return parent.appendChild(node);
  }

  // A place of the pointer in the units of the drawing.
  function place(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }
  const valueAt = (x) => view[0] + ((x - first.x) / first.width) * (view[1] - view[0]);
  const placeOf = (value) => first.x + ((value - view[0]) / (view[1] - view[0])) * first.width;
  const within = (x) => Math.min(Math.max(x, first.x), first.x + first.width);

  function show(from, to) {
    const least = (whole[1] - whole[0]) / 2000;
    const span = Math.min(Math.max(to - from, least), whole[1] - whole[0]);
    from = Math.min(Math.max(from, whole[0]), whole[1] - span);
    view = [from, from + span];
    const all = span >= whole[1] - whole[0];
    const scale = (whole[1] - whole[0]) / span;
    for (const [at, panel] of panels.entries()) {
      const shift = panel.x - (panel.x + ((from - whole[0]) / (whole[1] - whole[0])) * panel.width) * scale;
      if (all) {
        panel.group.removeAttribute("transform");
        panel.ticks.innerHTML = drawn[at];
      } else {
        panel.group.setAttribute("transform", `matrix(${scale} 0 0 1 ${shift} 0)`);
        mark(panel, at === panels.length - 1);
      }
    }
    const labels = svg.querySelector("g.band-labels");
    if (labels) labels.setAttribute("visibility", all ? "visible" : "hidden");
    figure.dataset.from = view[0];
    figure.dataset.to = view[1];
    hide();
  }

  // Round values, at steps of 1, 2 or 5 times a power of ten.
  function mark(panel, numbers) {
    const rough = (view[1] - view[0]) / 7;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.999);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    panel.ticks.replaceChildren();
    for (let count = Math.ceil(view[0] / step - 1e-6); count * step <= view[1] + 1e-6 * step; count += 1) {
      const x = placeOf(count * step), y = panel.y + panel.height;
      add(panel.ticks, "line", { x1: x, x2: x, y1: y, y2: y + 2.5, stroke: "var(--spine)", "stroke-width": 0.5 });
      if (!numbers) continue;
      const text = add(panel.ticks, "text", { x, y: y + 11, "font-size": 7, "text-anchor": "middle", fill: "var(--muted)" });
      text.textContent = (count * step).toFixed(digits);
    }
  }

  function nearest(values, wanted) {
    let low = 0, high = values.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (values[middle] < wanted) low = middle; else high = middle;
    }
    return Math.abs(values[low] - wanted) < Math.abs(values[high] - wanted) ? low : high;
  }

  function hide() {
    told.hidden = true;
    cross.setAttribute("visibility", "hidden");
  }

  function tell(event) {
    const [x, y] = place(event);
    const panel = panels.find((one) => y >= one.y - 4 && y <= one.y + one.height + 4);
    if (!panel || x < panel.x || x > panel.x + panel.width) return hide();
    const value = valueAt(x);
    cross.setAttribute("x1", x);
    cross.setAttribute("x2", x);
    cross.setAttribute("visibility", "visible");
    told.replaceChildren();
    const digits = Math.max(0, 2 - Math.floor(Math.log10(view[1] - view[0])));
    const band = data.bands.find((one) => value >= one.from && value < one.to);
    line(null, `${data.name} ${value.toFixed(digits)} ${data.unit ?? ""}`, band ? band.label : "");
    if (panel.content.sections) {
      const section = panel.content.sections.find((one) => y >= one.top && y <= one.bottom);
      if (section) {
        const row = Math.floor(((y - section.top) / (section.bottom - section.top)) * section.neurons.length);
        line(section.ink, section.name, `neuron ${section.neurons[Math.min(row, section.neurons.length - 1)]}`);
      }
    }
    for (const one of panel.content.series ?? []) {
      const number = one.y[nearest(one.x, value)];
      line(one.ink, one.name, number === null || number === undefined ? "–" : String(Number(number.toPrecision(4))));
    }
    told.hidden = false;
    const frame = figure.getBoundingClientRect();
    const left = event.clientX - frame.left + figure.scrollLeft, top = event.clientY - frame.top;
    const right = left + told.offsetWidth + 24 > figure.scrollLeft + figure.clientWidth;
    told.style.left = `${Math.max(0, right ? left - told.offsetWidth - 14 : left + 14)}px`;
    told.style.top = `${Math.max(0, Math.min(top + 12, figure.clientHeight - told.offsetHeight - 4))}px`;
  }

  function line(ink, name, value) {
    const row = document.createElement("div");
    if (ink) row.appendChild(document.createElement("i")).style.background = `var(${ink})`;
    row.append(name);
    row.appendChild(document.createElement("b")).textContent = value;
    told.append(row);
  }

  let started = null;
  svg.addEventListener("pointerdown", (event) => {
    const [x, y] = place(event);
    if (event.pointerType === "touch" || event.button !== 0 || y < first.y || x < first.x) return;
    started = within(x);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    tell(event);
    if (started === null) return;
    const now = within(place(event)[0]);
    stretch.setAttribute("x", Math.min(started, now));
    stretch.setAttribute("width", Math.abs(now - started));
    stretch.setAttribute("visibility", "visible");
  });
  svg.addEventListener("pointerup", (event) => {
    stretch.setAttribute("visibility", "hidden");
    if (started === null) return;
    const [from, to] = [started, within(place(event)[0])].sort((a, b) => a - b).map(valueAt);
    const wide = Math.abs(within(place(event)[0]) - started) > 3;
    started = null;
    if (wide) show(from, to);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("dblclick", () => show(...whole));
  const zoom = (factor) => {
    const middle = (view[0] + view[1]) / 2, half = ((view[1] - view[0]) * factor) / 2;
    show(middle - half, middle + half);
  };
  const move = (share) => show(view[0] + share * (view[1] - view[0]), view[1] + share * (view[1] - view[0]));
  for (const button of figure.parentElement.querySelectorAll("button[data-zoom]")) {
    const act = { in: () => zoom(0.5), out: () => zoom(2), all: () => show(...whole) }[button.dataset.zoom];
    button.addEventListener("click", act);
  }
  const keys = { "+": () => zoom(0.5), "-": () => zoom(2), 0: () => show(...whole), ArrowLeft: () => move(-0.25), ArrowRight: () => move(0.25) };
  figure.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    keys[event.key]();
    event.preventDefault();
  });
}
