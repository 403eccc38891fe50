#include "src/report/page.h"

namespace settle {

const char* const page_script = R"js(
'use strict';
const runs = JSON.parse(document.getElementById('data').textContent).runs;
const several = runs.length > 1;

function digits(value) { return String(Number(value.toPrecision(3))); }
function percent(value) { return Number((100 * value).toPrecision(4)) + ' %'; }
function joule(value) {
  const prefixes = ['a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'];
  if (value === 0) return '0 J';
  const power = Math.min(4, Math.max(-6, Math.floor(Math.log10(Math.abs(value) * 1.0000001) / 3)));
  return digits(value / Math.pow(1000, power)) + ' ' + prefixes[power + 6] + 'J';
}

// One line for a run: `y` against `x`, both names of an epoch's members.
function line(run, x, y, label, dashed) {
  const points = run.epochs.filter(e => e[x] !== null && e[y] !== null).map(e => ({ x: e[x], y: e[y] }));
  return { label: label, data: points, borderColor: run.colour, backgroundColor: run.colour, borderWidth: 2,
           borderDash: dashed ? [5, 4] : [], pointRadius: points.length > 40 ? 0 : 2.5, tension: 0 };
}

// Chart.js draws a legend's line as it draws points: never dashed.
// The dashed curves of several runs go without saying: the caption explains them.
function legend_labels(chart) {
  const labels = Chart.defaults.plugins.legend.labels.generateLabels(chart);
  for (const label of labels) {
    const curve = chart.data.datasets[label.datasetIndex];
    label.lineDash = curve.borderDash;
    label.lineWidth = 2;
    if (curve.short_label !== undefined) label.text = curve.short_label;
  }
  return labels.filter(label => !several || label.lineDash.length === 0);
}

const legend = { usePointStyle: true, pointStyle: 'line', pointStyleWidth: 32, generateLabels: legend_labels };

// `x` and `y`: {title, write, type} of an axis.
function draw(id, x, y, curves) {
  const canvas = document.getElementById(id);
  if (canvas === null) return;
  const axis = a => ({ type: a.type || 'linear', title: { display: true, text: a.title }, beginAtZero: a.from_zero,
                       ticks: { callback: a.write || digits, maxTicksLimit: 8, maxRotation: 0,
                                precision: a.precision } });
  const write = (a, value) => a.write ? a.write(value) : digits(value);
  new Chart(canvas, {
    type: 'line',
    data: { datasets: curves },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: 'nearest', intersect: false },
      scales: { x: axis(x), y: axis(y) },
      plugins: {
        legend: { display: curves.length > 1, position: 'bottom', labels: legend },
        tooltip: { callbacks: {
          title: items => x.title + ' ' + write(x, items[0].parsed.x),
          label: item => item.dataset.label + ': ' + write(y, item.parsed.y) } }
      }
    }
  });
}

function both(what) {
  return runs.flatMap(run => {
    const of = several ? run.name + ', ' : '';
    const test = line(run, 'epoch', 'test_' + what, of + 'test', false);
    if (several) test.short_label = run.name;
    return [test, line(run, 'epoch', 'train_' + what, of + 'train', true)];
  });
}
function each(x, y) { return runs.map(run => line(run, x, y, several ? run.name : y.replace('_', ' '), false)); }

// Energies of several runs may lie far apart.
function energy_axis() {
  const last = runs.map(run => run.epochs.map(e => e.energy)).flat().filter(e => e > 0);
  const wide = several && Math.max(...last) > 30 * Math.min(...last);
  return { title: 'energy', write: joule, from_zero: true, type: wide ? 'logarithmic' : 'linear' };
}

Chart.defaults.font.family = 'system-ui, -apple-system, "Segoe UI", sans-serif';
Chart.defaults.color = '#5d6877';
const epoch = { title: 'epoch', precision: 0 };
const single = runs.every(run => run.epochs.length < 2);  // a lone point says nothing without a zero
draw('accuracy', epoch, { title: 'accuracy', write: percent, from_zero: single }, both('accuracy'));
draw('loss', epoch, { title: 'loss', from_zero: single }, both('loss'));
draw('energy', energy_axis(), { title: 'test accuracy', write: percent, from_zero: single },
     each('energy', 'test_accuracy'));
draw('radius', epoch, { title: 'spectral radius', from_zero: true }, each('epoch', 'radius'));

window.addEventListener('beforeprint', () => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  Object.values(Chart.instances).forEach(chart => chart.resize());
});
)js";

}  // namespace settle
