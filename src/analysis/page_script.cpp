#include "src/analysis/page.h"

namespace settle {

const char* const analysis_script = R"js(
const all = data.weights;
const power = value => {
  const exponent = Math.log10(value);
  return Math.abs(exponent - Math.round(exponent)) < 1e-9 ? '1e' + Math.round(exponent) : digits(value);
};

function draw_changes() {
  const level = {
    name: 'settled',
    points: [
      [0, data.settled_change],
      [data.steps, data.settled_change],
    ],
    colour: 6,
    dashed: true,
    dots: false,
  };
  draw(
    'changes',
    { title: 'step t', precision: 0, min: 0, max: data.steps },
    { title: '|s[t+1] - s[t]|', type: 'log', write: power },
    all
      .flatMap((w, k) => [
        { name: w.name, points: w.changes.worst, colour: k, dots: w.changes.worst.length < 3 },
        ...w.changes.samples.map((points, i) => ({
          name: w.name + ', sample ' + i,
          points: points,
          colour: k,
          thin: true,
          dots: false,
          unnamed: true,
        })),
      ])
      .concat([level]),
  );
}

// The same scale both ways.
function draw_eigenvalues() {
  const plot = document.querySelector('#eigenvalues .plot');
  const circle = Array.from({ length: 121 }, (_, i) => [Math.cos((i * Math.PI) / 60), Math.sin((i * Math.PI) / 60)]);
  const reach = 1.1 * Math.max(1, ...all.flatMap(w => w.settled.map(z => Math.hypot(z[0], z[1]))));
  const inside = Math.max(1, (plot.clientWidth - 90) / (plot.clientHeight - 100)); // without the axes' names
  draw(
    'eigenvalues',
    { title: 'real', min: -reach * inside, max: reach * inside, loose: true },
    { title: 'imaginary', min: -reach, max: reach, loose: true },
    [{ name: 'unit circle', points: circle, colour: 6, dots: false, thin: true }].concat(
      all.map((w, k) => ({ name: w.name, points: w.settled, colour: k, kind: 'scatter' })),
    ),
  );
}

function bars(what, of) {
  return all
    .map((w, k) => ({ name: w.name, colour: k, kind: 'bar', points: w[what].map(one => one[of]) }))
    .filter(bar => bar.points.length > 0);
}
const names_in = what => ({
  type: 'category',
  names: (all.find(w => w[what].length > 0) || { [what]: [] })[what].map(one => one.name),
});

function draw_signal() {
  const volts = all.flatMap(w => w.signals.flatMap(s => [s.volt, s.noise_v])).filter(v => v > 0);
  const noise = all
    .filter(w => w.signals.some(s => s.noise_v > 0))
    .map((w, k) => ({
      name: `noise, ${w.name}`,
      kind: 'scatter',
      symbol: 'rect',
      size: [40, 3],
      colour: k,
      points: w.signals.map(s => (s.noise_v > 0 ? s.noise_v : null)),
    }));
  draw(
    'signal',
    names_in('signals'),
    { write: v => engineering(v, 'V'), about: volts },
    bars('signals', 'volt')
      .map(bar => Object.assign(bar, { kind: 'scatter', size: 12 }))
      .concat(noise),
  );
}

function draw_page() {
  draw_changes();
  draw_eigenvalues();
  draw('cosine', names_in('projections'), { from_zero: true }, bars('projections', 'cosine'));
  draw('ratio', names_in('projections'), { from_zero: true }, bars('projections', 'ratio'));
  draw_signal();
}
)js";

}  // namespace settle
