#include "src/report/document.h"

namespace settle {

const char* const chart_script = R"js(
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);

function digits(value) { return String(Number(value.toPrecision(3))); }
function engineering(value, unit) {
  const prefixes = ['a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'];
  if (value === 0) return '0 ' + unit;
  const power = Math.min(4, Math.max(-6, Math.floor(Math.log10(Math.abs(value) * 1.0000001) / 3)));
  return digits(value / Math.pow(1000, power)) + ' ' + prefixes[power + 6] + unit;
}

// Chart.js draws a legend's line as it draws points: never dashed. A curve that is `unnamed` has no place in the legend:
// the caption explains it.
function legend_labels(chart) {
  const labels = Chart.defaults.plugins.legend.labels.generateLabels(chart);
  for (const label of labels) {
    const curve = chart.data.datasets[label.datasetIndex];
    label.lineDash = curve.borderDash || [];
    label.lineWidth = 2;
    if (curve.short_label !== undefined) label.text = curve.short_label;
  }
  return labels.filter(label => !chart.data.datasets[label.datasetIndex].unnamed);
}

const legend = { usePointStyle: true, pointStyle: 'line', pointStyleWidth: 32, generateLabels: legend_labels };

// `x` and `y`: {title, write, type, from_zero, precision, min, max} of an axis; of type 'category', the names of bars.
function draw(id, x, y, curves, kind) {
  const canvas = document.getElementById(id);
  if (canvas === null) return;
  const numbers = a => ({ callback: a.write || digits, maxTicksLimit: 8, maxRotation: 0, precision: a.precision });
  const axis = a => ({ type: a.type || 'linear', title: { display: a.title !== undefined, text: a.title },
                       beginAtZero: a.from_zero, min: a.min, max: a.max,
                       ticks: a.type === 'category' ? { maxRotation: 30 } : numbers(a) });
  const write = (a, value) => a.write ? a.write(value) : digits(value);
  new Chart(canvas, {
    type: kind || 'line',
    data: { datasets: curves },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: 'nearest', intersect: false },
      scales: { x: axis(x), y: axis(y) },
      plugins: {
        legend: { display: curves.length > 1, position: 'bottom', labels: legend },
        tooltip: { callbacks: {
          title: items => x.type === 'category' ? items[0].label : x.title + ' ' + write(x, items[0].parsed.x),
          label: item => item.dataset.label + ': ' + write(y, item.parsed.y) } }
      }
    }
  });
}

Chart.defaults.font.family = 'system-ui, -apple-system, "Segoe UI", sans-serif';
Chart.defaults.color = '#5d6877';

window.addEventListener('beforeprint', () => {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  Object.values(Chart.instances).forEach(chart => chart.resize());
});
)js";

}  // namespace settle
