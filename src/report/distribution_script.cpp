#include "src/report/page.h"

namespace settle {

const char* const distribution_script = R"js(
const histograms = data.runs.flatMap((run, k) =>
  run.histograms.map(h => Object.assign({ run: run.name, colour: k }, h)),
);

// A histogram with bins of this width: widths are powers of two and edges multiples of them, so that bins merge whole.
function with_width(h, width) {
  const counts = new Map();
  h.low.forEach((low, i) => {
    const bin = Math.floor((low + h.high[i]) / 2 / width);
    counts.set(bin, (counts.get(bin) || 0) + h.count[i]);
  });
  const bins = [...counts.keys()].sort((x, y) => x - y);
  return Object.assign({}, h, {
    low: bins.map(bin => bin * width),
    high: bins.map(bin => (bin + 1) * width),
    count: bins.map(bin => counts.get(bin)),
  });
}
const width_of = h => h.high[0] - h.low[0];

// The share of the values in each bin, as an outline.
function outline(h) {
  const all = h.count.reduce((sum, n) => sum + n, 0);
  return [
    [h.low[0], 0],
    ...h.count.flatMap((n, i) => [
      [h.low[i], n / all],
      [h.high[i], n / all],
    ]),
    [h.high[h.high.length - 1], 0],
  ];
}

function histogram_curve(h, name, more) {
  return Object.assign({ name: name, points: outline(h), colour: h.colour, dots: false }, more);
}

const share = { title: 'share in a bin', write: percent, from_zero: true };

function draw_histograms(id, quantity, title) {
  const of = histograms.filter(h => h.quantity === quantity);
  if (document.getElementById(id) === null) return;
  const places = [...new Set(of.map(h => h.where))];
  const name = h => (several ? h.run : h.when);
  let figure = null;
  const at = { where: places[0] };
  const curves = () => {
    const shown = of.filter(h => h.where === at.where),
      width = Math.max(...shown.map(width_of));
    return shown.map(h =>
      histogram_curve(with_width(h, width), name(h), {
        dashed: h.when === 'initial',
        unnamed: several && h.when === 'initial',
      }),
    );
  };
  figure = draw(id, { title: title, write: v => quantity_of(v, of) }, share, curves);
  if (places.length > 1)
    choice(
      id,
      'of',
      places.map(p => [p, p]),
      at.where,
      where => {
        at.where = where;
        figure.redraw();
      },
    );
}
function quantity_of(value, of) {
  return of.length > 0 && of[0].unit ? engineering(value, of[0].unit) : digits(value);
}

function draw_distributions() {
  draw_histograms('weights', 'weight', 'weight');
  draw_histograms('conductances', 'conductance', 'conductance');
  const times = histograms.filter(h => h.quantity === 'settling time');
  const phase = h => h.where + ' phase';
  // several runs differ by colour, and phases by dashes; phases of one run by both
  draw(
    'settling-times',
    { title: 'settling time', write: v => engineering(v, 's') },
    share,
    times.map(h =>
      histogram_curve(h, several ? h.run + ', ' + phase(h) : phase(h), {
        dashed: h.where === 'clamped',
        colour: several ? h.colour : h.where === 'clamped' ? 1 : 0,
      }),
    ),
  );
}

// Parts of noise add up as squares, so that they cannot be stacked; and a logarithmic axis has no zero for bars to
// stand on: points.
function draw_noise() {
  const named = [
    ['signal', 'signal'],
    ['difference_noise', 'noise of its reading'],
    ['total', 'noise of a held state'],
    ['drive', 'from arrays, amplifiers, membrane'],
    ['hold', 'from the hold'],
    ['extra', 'from neuron.noise'],
    ['loop', 'from round the loop'],
  ];
  const populations = [...new Set(data.runs.flatMap(run => run.noise.map(row => row.population)))];
  const of_part = (run, part, name, k) => ({
    name: name,
    kind: 'scatter',
    size: 12,
    colour: k,
    points: populations.map(p => {
      const row = run.noise.find(one => one.population === p);
      return row && row[part] > 0 ? row[part] : null;
    }),
  });
  const parts = several
    ? data.runs.flatMap((run, k) => [of_part(run, 'total', run.name, k)])
    : named.map(([part, name], k) => of_part(data.runs[0], part, name, k));
  const shown = parts.filter(b => b.points.some(v => v !== null));
  const values = shown.flatMap(b => b.points).filter(v => v !== null);
  draw(
    'noise',
    { type: 'category', names: populations },
    { title: several ? 'noise of a held state' : 'rms, of full scale', write: v => digits(v), about: values },
    shown,
    { lines: 2 },
  );
}

// What each phase of a sample draws: its dearest actions, or of several runs the sums.
function draw_ledger() {
  for (const section of ['training', 'inference']) {
    const rows = data.runs.flatMap((run, k) =>
      run.ledger.filter(row => row.section === section).map(row => Object.assign({ run: k }, row)),
    );
    const phases = [...new Set(rows.map(row => row.phase))];
    const sum = keeps =>
      phases.map(phase =>
        rows.filter(row => row.phase === phase && keeps(row)).reduce((all, row) => all + (row.joule || 0), 0),
      );
    const all_of = action =>
      rows.filter(row => row.action === action).reduce((all, row) => all + (row.joule || 0), 0);
    const dearest = [...new Set(rows.map(row => row.action))].sort((a, b) => all_of(b) - all_of(a));
    const first = dearest.slice(0, 7),
      others = dearest.slice(7);
    const bars = several
      ? data.runs.map((run, k) => ({ name: run.name, colour: k, points: sum(row => row.run === k) }))
      : [
          ...first.map((action, k) => ({
            name: action,
            colour: k,
            points: sum(row => row.action === action),
            stack: 'all',
          })),
          ...(others.length > 0
            ? [{ name: 'others', colour: 7, points: sum(row => others.includes(row.action)), stack: 'all' }]
            : []),
        ];
    draw(
      'ledger-' + section,
      { title: 'energy of a sample', write: joule, from_zero: true, ticks: 4 },
      { type: 'category', names: phases, inverse: true },
      bars.map(bar => Object.assign(bar, { kind: 'bar' })),
      { lines: 4, height: 520 },
    );
  }
}
)js";

}  // namespace settle
