// The bars, drawn by Vega; a new setting only replaces their data.

const NARROWEST_LABEL = 11;

class Bars {
  constructor(place, choose) {
    this.place = place;
    this.choose = choose;
    this.drawing = Promise.resolve();
    this.width = 0;
  }

  // Resolves when the values are drawn.
  show(values) {
    this.values = values;
    this.drawing = this.drawing.then(() => this.draw());
    return this.drawing;
  }

  async draw() {
    const width = Math.floor(this.place.clientWidth);
    if (!this.view || width !== this.width || this.values.length !== this.count) {
      await this.build(width);
    } else {
      await this.view.data("layers", this.values).runAsync();
    }
  }

  async build(width) {
    const chart = structuredClone(DATA.chart);
    chart.width = width;
    chart.data.values = this.values;
    const room = (width - 60) / this.values.length;
    if (room < NARROWEST_LABEL) {
      chart.encoding.x.axis.labels = false;
      chart.encoding.x.axis.ticks = false;
    }
    this.width = width;
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
