// The page: from controls to a setting, and from a setting to what is shown.

const BASE = { model: "v1", alpha: 1, resolution: 224, classes: 1000 };
const NEAR = 0.75; // in doublings of alpha and of resolution
const PAUSE = 400;

const find = (id) => document.getElementById(id);
const main = find("explorer");
const state = { ...BASE, layer: "", measure: "macs", allAccuracies: false };
const kinds = new Grid(document.querySelector("#kinds tbody"), [
  "macs", "share", "params", "share of-params", "layers",
]);
const layers = new Grid(document.querySelector("#layers tbody"), [
  "macs", "share", "params", "kind",
]);
const formula = new Formula(find("worked"));
const bars = new Bars(find("chart"), (path) => change({ layer: path }));
const accuracies = DATA.accuracies.map((one) => ({ one, row: accuracyRow(one) }));
let shown = { model: "", indices: [] };
let scheduled = false;
let later = 0;

function change(what) {
  Object.assign(state, what);
  main.setAttribute("aria-busy", "true");
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(draw);
}

// One frame for the numbers and the bars; the next, if nothing moved meanwhile, for long tables.
async function draw() {
  scheduled = false;
  const start = performance.now();
  const cost = costs(state.model, state);
  if (shown.model !== state.model) prepare(cost);
  const chosen = chosenLayer(cost);
  showControls();
  showTotals(cost);
  showKinds(cost);
  write(find("formula-of"), formula.show(cost, chosen));
  await bars.show(barsOf(cost, chosen));
  performance.measure("explorer: a setting drawn", { start });
  if (!scheduled) requestAnimationFrame(() => scheduled || finish(cost, chosen));
}

function finish(cost, chosen) {
  showLayers(cost, chosen);
  showAccuracies();
  main.setAttribute("aria-busy", "false");
  clearTimeout(later);
  later = setTimeout(settle, PAUSE);
}

// A model has rows and radio buttons of its own.
function prepare(cost) {
  const indices = cost.layers.flatMap((layer, index) => (layer.macs ? [index] : []));
  shown = { model: state.model, indices };
  kinds.make(byKind(cost.layers).length, () => element("th", { scope: "row" }));
  byKind(cost.layers).forEach(({ kind }, row) => {
    kinds.body.rows[row].cells[0].append(swatch(kind), kind);
  });
  layers.make(indices.length, (row) => {
    const radio = element("input", { type: "radio", name: "layer" });
    radio.addEventListener("change", () => change({ layer: pathOf(indices[row]) }));
    const kind = swatch(cost.layers[indices[row]].kind);
    const label = element("label", {}, radio, kind, element("span", { className: "path" }));
    return element("th", { scope: "row" }, label);
  });
}

const pathOf = (index) => costs(state.model, state).layers[index].path;

// The chosen one, else the first pair's depthwise convolution, else the first layer.
function chosenLayer(cost) {
  const index = cost.layers.findIndex(({ path }) => path === state.layer);
  if (shown.indices.includes(index)) return index;
  state.layer = "";
  return cost.pairs[0]?.first ?? shown.indices[0];
}

function showControls() {
  const put = (control, value) => {
    if (control.value !== String(value)) control.value = value;
  };
  put(find("model"), state.model);
  for (const name of ["alpha", "resolution"]) {
    put(find(name), state[name]);
    find(name).setAttribute("aria-valuetext", String(state[name]));
    write(find(`${name}-text`), String(state[name]));
  }
  put(find("classes"), Math.min(state.classes, find("classes").max));
  const typed = find("classes-number");
  const isBeingTyped = document.activeElement === typed && !typed.validity.valid;
  if (!isBeingTyped) put(typed, state.classes);
}

const settingText = () =>
  `${state.model}, alpha ${state.alpha}, input 3x${state.resolution}x${state.resolution},` +
  ` ${state.classes} classes`;

function showTotals(cost) {
  const standard = costs(cost.model.standard, state);
  const texts = {
    setting: settingText(),
    macs: compact(cost.macs),
    "macs-exact": counted(cost.macs),
    params: compact(cost.params),
    "params-exact": counted(cost.params),
    standard: compact(standard.macs),
    "standard-exact": counted(standard.macs),
    ratio: quotient(cost.macs, standard.macs),
    command:
      `mobilecalc breakdown ${state.model} --alpha ${state.alpha}` +
      ` --resolution ${state.resolution} --classes ${state.classes}`,
  };
  for (const [id, text] of Object.entries(texts)) write(find(id), text);
}

function showKinds(cost) {
  byKind(cost.layers).forEach((part, row) => {
    kinds.fill(row, {
      macs: counted(part.macs),
      share: percent(part.macs, cost.macs),
      params: counted(part.params),
      "share of-params": percent(part.params, cost.params),
      layers: counted(part.layers),
    });
  });
}

function showLayers(cost, chosen) {
  shown.indices.forEach((index, row) => {
    const layer = cost.layers[index];
    const line = layers.body.rows[row];
    write(line.querySelector(".path"), layer.path);
    const isChosen = index === chosen;
    if (line.classList.contains("chosen") !== isChosen) line.classList.toggle("chosen");
    const radio = line.querySelector("input");
    if (radio.checked !== isChosen) radio.checked = isChosen;
    layers.fill(row, {
      macs: counted(layer.macs),
      share: percent(layer.macs, cost.macs),
      params: counted(layer.params),
      kind: layer.kind,
    });
  });
}

function barsOf(cost, chosen) {
  const at = costs(state.model, { ...BASE, classes: state.classes });
  return shown.indices.map((index) => {
    const layer = cost.layers[index];
    const value = layer[state.measure];
    const reference = at.layers[index][state.measure];
    return {
      label: layer.path.replace(/\.residual|\.conv$/g, ""),
      path: layer.path,
      kind: layer.kind,
      colour: DATA.colours[layer.kind],
      selected: index === chosen,
      value,
      reference,
      tip: `${layer.path} (${layer.kind}): ${counted(value)}; at the line: ${counted(reference)}`,
    };
  });
}

const family = (model) => model.split("-")[0];
const apart = ({ alpha, resolution }) =>
  Math.hypot(Math.log2(alpha / state.alpha), Math.log2(resolution / state.resolution));

// The rows are made once, then put in order.
function showAccuracies() {
  const known = accuracies
    .filter(({ one }) => one.family === family(state.model))
    .map(({ one, row }) => ({ row, distance: apart(one) }))
    .sort((a, b) => a.distance - b.distance);
  const near = known.filter(({ distance }) => distance <= NEAR);
  const listed = state.allAccuracies ? known : near;
  for (const { row, distance } of listed) row.classList.toggle("chosen", distance === 0);
  const body = document.querySelector("#accuracies tbody");
  const rows = listed.map(({ row }) => row);
  const isSame = rows.length === body.rows.length && rows.every((row, i) => row === body.rows[i]);
  if (!isSame) body.replaceChildren(...rows);
  find("accuracies-note").textContent = known.length
    ? `Quoted from papers and release pages, nearest first, with 1000 classes; ${near.length} of` +
      ` ${known.length} are near.`
    : `None is recorded for ${state.model}.`;
  const button = find("all-accuracies");
  button.hidden = near.length === known.length;
  button.setAttribute("aria-expanded", String(state.allAccuracies));
  button.textContent = state.allAccuracies ? "Show those near" : `Show all ${known.length}`;
}

// Once nothing moves: say it aloud, and put it into the address.
function settle() {
  find("spoken").textContent =
    `${settingText()}: ${find("macs").textContent} MACs,` +
    ` ${find("params").textContent} parameters, ${find("ratio").textContent} of standard.`;
  const { model, alpha, resolution, classes, layer } = state;
  const address = new URLSearchParams({ model, alpha, resolution, classes, ...(layer && { layer }) });
  if (location.hash.slice(1) !== String(address)) history.replaceState(null, "", `#${address}`);
}

function fromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const number = (name, isGood) => (isGood(Number(asked.get(name))) ? Number(asked.get(name)) : BASE[name]);
  const onGrid = (grid, value) => grid[nearest(grid, value)];
  const positive = (value) => value > 0 && Number.isFinite(value);
  const most = Number(find("classes-number").max);
  change({
    model: MODELS.has(asked.get("model")) ? asked.get("model") : BASE.model,
    alpha: onGrid(DATA.alphas, number("alpha", positive)),
    resolution: onGrid(DATA.resolutions, number("resolution", positive)),
    classes: number("classes", (value) => Number.isInteger(value) && value >= 1 && value <= most),
    layer: asked.get("layer") ?? "",
  });
}

function listen() {
  for (const model of DATA.models) {
    find("model").append(element("option", { value: model.name }, `${model.name}: ${model.title}`));
  }
  find("model").addEventListener("change", (event) => change({ model: event.target.value }));
  for (const [name, grid] of [["alpha", DATA.alphas], ["resolution", DATA.resolutions]]) {
    const slider = find(name);
    Object.assign(slider, { min: grid[0], max: grid.at(-1), step: DATA.steps[name] });
    slider.addEventListener("input", () => {
      change({ [name]: grid[nearest(grid, slider.valueAsNumber)] });
    });
  }
  for (const input of [find("classes"), find("classes-number")]) {
    input.addEventListener("input", () => {
      if (input.validity.valid) change({ classes: input.valueAsNumber });
    });
  }
  find("controls").addEventListener("submit", (event) => event.preventDefault());
  find("reset").addEventListener("click", () => change({ ...BASE, model: state.model }));
  find("all-accuracies").addEventListener("click", () => {
    change({ allAccuracies: !state.allAccuracies });
  });
  document.querySelectorAll("[name=measure]").forEach((radio) => {
    radio.addEventListener("change", () => change({ measure: radio.value }));
  });
  addEventListener("hashchange", fromAddress);
  new ResizeObserver(([{ contentRect }]) => {
    bars.width = Math.floor(contentRect.width);
    change({});
  }).observe(find("chart"));
  bars.width = find("chart").clientWidth;
  fromAddress();
}

listen();
