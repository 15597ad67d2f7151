// What a network costs at a setting: coefficients times areas, and sums of them.

const DATA = JSON.parse(document.getElementById("data").textContent);
const MODELS = new Map(DATA.models.map((model) => [model.name, model]));

function nearest(grid, value) {
  const distances = grid.map((one) => Math.abs(one - value));
  return distances.indexOf(Math.min(...distances));
}

function costs(name, setting) {
  const model = MODELS.get(name);
  const width = nearest(DATA.alphas, setting.alpha);
  const size = nearest(DATA.resolutions, setting.resolution);
  const layers = model.layers.map((layer) => {
    const times = layer.per_class ? setting.classes : 1;
    return {
      path: layer.renamed[width] ?? layer.path,
      kind: layer.kind,
      macs: layer.macs[width] * layer.areas[size] * times,
      params: layer.parameters[width] * times,
      numbers: {
        kernel: layer.kernel,
        inputs: layer.inputs[width],
        outputs: layer.per_class ? setting.classes : layer.outputs[width],
        side: layer.sides[size],
      },
    };
  });
  const pairs = model.pairs.map((pair) => ({
    path: pair.path,
    first: pair.first,
    last: pair.last,
    macs: layers[pair.first].macs + layers[pair.last].macs,
    standard: pair.standard[width] * model.layers[pair.last].areas[size],
    numbers: { ...layers[pair.first].numbers, outputs: layers[pair.last].numbers.outputs },
  }));
  return { model, layers, pairs, ...sums(layers) };
}

function sums(layers) {
  const total = (key) => layers.reduce((sum, layer) => sum + layer[key], 0);
  return { macs: total("macs"), params: total("params") };
}

function byKind(layers) {
  const kinds = [...new Set(layers.map((layer) => layer.kind))];
  return kinds.map((kind) => {
    const those = layers.filter((layer) => layer.kind === kind);
    return { kind, layers: those.length, ...sums(those) };
  });
}
