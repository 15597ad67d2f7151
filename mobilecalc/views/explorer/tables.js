// Tables and formulas: made once for a model, filled in for each setting.

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// A text that is there already costs no layout.
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

// Rows of cells with a class each; `fill` writes texts and bars of shares into them.
class Grid {
  constructor(body, columns) {
    this.body = body;
    this.columns = columns;
    this.rows = [];
  }

  make(count, head) {
    const rows = Array.from({ length: count }, (_, index) => {
      const cells = this.columns.map((name) => element("td", { className: name }));
      return { row: element("tr", {}, head(index), ...cells), cells };
    });
    this.body.replaceChildren(...rows.map(({ row }) => row));
    this.rows = rows;
  }

  fill(index, texts) {
    this.columns.forEach((name, column) => {
      const cell = this.rows[index].cells[column];
      write(cell, texts[name]);
      if (name.startsWith("share")) cell.style.setProperty("--share", `${texts[name] || 0}%`);
    });
  }
}

function accuracyRow(one) {
  const cell = (text, className = "") => element("td", { className }, String(text));
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, one.row),
    cell(one.model),
    cell(one.alpha, "number"),
    cell(one.resolution, "number"),
    cell(one.top1, "number"),
    cell(one.macs, "number"),
    cell(one.source),
  );
}

function swatch(kind) {
  const box = element("span", { className: "swatch" });
  box.style.setProperty("--colour", DATA.colours[kind]);
  box.setAttribute("aria-hidden", "true");
  return box;
}

const math = (inner) => `<math display="block">${inner}</math>`;

// An equation in symbols, with its numbers, and what it comes to.
function worked(name, title) {
  const { symbols, numbers } = DATA.equations[name];
  const place = element("div", { className: "worked" });
  place.innerHTML =
    `<h3>${title}</h3>${math(symbols)}${math(`<mo>=</mo>${numbers}`)}` +
    math('<mo>=</mo><mn class="result"></mn>');
  const slots = [...place.querySelectorAll("[data-of]")];
  const result = place.querySelector(".result");
  return {
    place,
    fill(values, text) {
      for (const slot of slots) write(slot, counted(values[slot.dataset.of]));
      write(result, text);
    },
  };
}

class Formula {
  constructor(place) {
    this.place = place;
    this.shown = "";
  }

  show(cost, index) {
    const layer = cost.layers[index];
    const pair = cost.pairs.find(({ first, last }) => index === first || index === last);
    const shape = pair ? "pair" : layer.kind;
    if (shape !== this.shown) this.make(shape);
    if (pair) {
      const { numbers, macs, standard } = pair;
      this.parts[0].fill(numbers, counted(macs));
      this.parts[1].fill(numbers, counted(standard));
      this.parts[2].fill(numbers, quotient(macs, standard));
    } else {
      this.parts[0].fill(layer.numbers, counted(layer.macs));
    }
    return pair ? `${pair.path}: depthwise and pointwise` : `${layer.path}: ${layer.kind}`;
  }

  make(shape) {
    this.shown = shape;
    this.parts =
      shape === "pair"
        ? [
            worked("separable", "Separable pair"),
            worked("standard", "Standard convolution in its place"),
            worked("ratio", "Separable to standard"),
          ]
        : [worked(shape, "MACs")];
    this.place.replaceChildren(...this.parts.map(({ place }) => place));
  }
}
