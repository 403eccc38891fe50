#include "src/analysis/page.h"

namespace settle {

const char* const analysis_script = R"js(
const all = data.weights;
const power = value => {
  const exponent = Math.log10(value);
  return Math.abs(exponent - Math.round(exponent)) < 1e-9 ? '1e' + Math.round(exponent) : '';
};

function curve(label, points, colour, more) {
  return Object.assign({ label: label, data: points, borderColor: colour, backgroundColor: colour, borderWidth: 2,
                         pointRadius: 0, tension: 0 }, more);
}

draw('changes', { title: 'step t', precision: 0, min: 0, max: data.steps },
     { title: '|s[t+1] - s[t]|', type: 'logarithmic', write: power },
     all.flatMap(w => [
       curve(w.name, w.changes.worst, w.colour, { pointRadius: w.changes.worst.length < 3 ? 3 : 0 }),
       ...w.changes.samples.map((points, i) =>
           curve(w.name + ', sample ' + i, points, w.colour + '55', { borderWidth: 1, unnamed: true }))])
     .concat([curve('settled', [{ x: 0, y: data.settled_change }, { x: data.steps, y: data.settled_change }], '#8a94a3',
                    { borderDash: [5, 4], borderWidth: 1 })]));

// The same scale both ways: the chart is about twice as wide as it is high.
const circle = Array.from({ length: 121 }, (_, i) => ({ x: Math.cos(i * Math.PI / 60), y: Math.sin(i * Math.PI / 60) }));
const reach = 1.1 * Math.max(1, ...all.flatMap(w => w.settled.map(z => Math.hypot(z.x, z.y))));
const eigenvalues_canvas = document.getElementById('eigenvalues');
const halves = value => Number.isInteger(2 * value) ? digits(value) : '';
const shape = eigenvalues_canvas.parentElement.clientWidth / 210;
draw('eigenvalues', { title: 'real', min: -reach * shape, max: reach * shape, write: halves },
     { title: 'imaginary', min: -reach, max: reach, write: halves },
     [curve('unit circle', circle, '#8a94a3', { showLine: true, borderWidth: 1, unnamed: true })].concat(
       all.map(w => curve(w.name, w.settled, w.colour, { pointRadius: 2.5, borderWidth: 1 }))), 'scatter');

function bars(what, of) {
  return all.filter(w => w[what].length > 0).map(w => ({ label: w.name, backgroundColor: w.colour, borderColor: w.colour,
    maxBarThickness: 40, data: w[what].map(one => ({ x: one.name, y: one[of] })) }));
}
const names = { type: 'category' };
draw('cosine', names, { from_zero: true }, bars('projections', 'cosine'), 'bar');
draw('ratio', names, { from_zero: true }, bars('projections', 'ratio'), 'bar');
const volts = all.flatMap(w => w.signals.flatMap(s => [s.volt, s.noise_v])).filter(v => v > 0);
const noise = all.filter(w => w.signals.some(s => s.noise_v > 0)).map(w => ({ type: 'line', label: `noise, ${w.name}`,
  showLine: false, pointStyle: 'line', pointRadius: 36, pointHoverRadius: 36, borderColor: w.colour, borderWidth: 2,
  data: w.signals.map(s => ({ x: s.name, y: s.noise_v })) }));
draw('signal', names, { type: 'logarithmic', write: v => power(v) === '' ? '' : engineering(v, 'V'),
     min: Math.pow(10, Math.floor(Math.log10(Math.min(...volts)))),
     max: Math.pow(10, Math.ceil(Math.log10(Math.max(...volts)))) }, noise.concat(bars('signals', 'volt')), 'bar');
)js";

}  // namespace settle
