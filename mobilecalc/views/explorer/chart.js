// The bars, drawn by Vega; a new setting only replaces their data.

const NARROWEST_LABEL = 11;

class Bars {
  constructor(place, choose) {
    this.place = place;
    this.choose = choose;
    this.drawing = Promise.resolve();
    this.width = 0; // of the place, told by whoever watches it: to ask would cost a layout
    this.drawnWidth = 0;
  }

  // Resolves when the values are drawn.
  show(values) {
    this.values = values;
    this.drawing = this.drawing.catch(() => {}).then(() => this.draw());
    return this.drawing;
  }

  async draw() {
    if (!this.view || this.width !== this.drawnWidth || this.values.length !== this.count) {
      await this.build();
    } else {
      await this.update();
    }
  }

  // Only what is another value than before: the bars stay, and so do the axes' labels.
  async update() {
    const changes = this.view.changeset();
    this.view.data("layers").forEach((bar, index) => {
      for (const [key, value] of Object.entries(this.values[index])) {
        if (bar[key] !== value) changes.modify(bar, key, value);
      }
    });
    await this.view.change("layers", changes).runAsync();
  }

  async build() {
    const chart = structuredClone(DATA.chart);
    const { padding } = chart;
    chart.width = Math.max(100, this.width - padding.left - padding.right);
    chart.data.values = this.values;
    if (chart.width / this.values.length < NARROWEST_LABEL) {
      chart.encoding.x.axis.labels = false;
      chart.encoding.x.axis.ticks = false;
      chart.height += padding.bottom - padding.top;
      padding.bottom = padding.top;
    }
    this.drawnWidth = this.width;
    this.count = this.values.length;
    this.result?.finalize();
    this.result = await vegaEmbed(this.place, chart, {
      actions: false,
      ast: true,
      mode: "vega-lite",
      renderer: "svg",
    });
    this.view = this.result.view;
    this.view.addEventListener("click", (_, item) => {
      if (item?.datum?.path) this.choose(item.datum.path);
    });
  }
}
