#include "src/sweep_report/page.h"

namespace settle {

const char* const points_script = R"js(
// The sweep: columns with a value for each point, and what follows from them.
const titles = {
  test_accuracy_best: 'test accuracy, best epoch',
  test_accuracy_last: 'test accuracy, last epoch',
  train_accuracy: 'training accuracy',
  test_accuracy: 'test accuracy',
  test_loss: 'test loss',
  train_loss: 'training loss',
  drawn_accuracy: 'accuracy on the chip as configured',
  inference_joule: 'energy of an inference',
  training_sample_joule: 'energy of a training sample',
  total_joule: 'energy of the run',
  energy_joule: 'energy since the start',
  programming_joule: 'energy of programming',
  inference_second: 'latency of an inference',
  training_sample_second: 'latency of a training sample',
  total_second: 'simulated time of the run',
  simulated_second: 'simulated time',
  area_m2: 'area',
  training_wall_second: 'wall clock of training',
  wall_second: 'wall clock',
  seconds: 'wall clock of the epoch',
};

const is_key = c => c.role === 'axis' || c.role === 'varied by cases';

function column_of(c) {
  const fraction = /accuracy|fraction/.test(c.name) && !/draws/.test(c.name) && !is_key(c);
  const column = Object.assign({}, c, {
    unit: fraction ? '%' : c.unit,
    title: titles[c.name] || c.name.replace(/_/g, ' '),
  });
  if (is_key(c) || c.role === 'label') column.title = c.name;
  column.at = i => (c.values === undefined ? c.constant : c.values[i]);
  column.write = value =>
    is_key(c) || c.role === 'label' ? (value === null ? '–' : String(value)) : quantity(value, column.unit);
  column.values_of = rows => rows.map(column.at);
  const present = (c.values || [c.constant]).filter(value => value !== null);
  column.numeric = present.length > 0 && present.every(value => typeof value === 'number');
  column.distinct = [...new Set(present)];
  if (column.numeric) column.distinct.sort((a, b) => a - b);
  column.varies = column.distinct.length > 1;
  column.high_is_good = /accuracy|operations_per|learned/.test(c.name);
  column.logarithmic =
    column.numeric &&
    column.distinct[0] > 0 &&
    column.distinct[column.distinct.length - 1] >= 20 * column.distinct[0];
  return column;
}

const columns = data.columns.map(column_of);
const called = name => columns.find(column => column.name === name);
const every = Array.from({ length: data.points }, (_, i) => i);
const is_done = i => ['done', 'stopped'].includes(called('state').at(i));

// Axes are what the sweep varies on purpose, seeds aside; a case stands for the keys that cases vary, which can be chosen
// in its place. Metrics are what comes out.
const axes = columns.filter(c => c.varies && (c.role === 'axis' || c.name === 'case'));
const choosable = [...axes, ...columns.filter(c => c.varies && c.role === 'varied by cases')];
const metrics = columns.filter(c => c.numeric && (c.role === 'figure' || c.role === 'wall clock'));
const varied_metrics = metrics.filter(c => c.varies);
const first_of = (list, ...names) =>
  names.map(name => list.find(c => c.name === name)).find(c => c !== undefined) || list[0];
const accuracy = first_of(metrics, 'test_accuracy_best');
const energy = first_of(metrics, 'inference_joule', 'total_joule');
const latency = first_of(metrics, 'inference_second', 'total_second');
const training = first_of(metrics, 'training_sample_joule', 'total_joule');
const area = first_of(metrics, 'area_m2', 'total_second');

const number = i => String(called('point').at(i));

// Points that differ in their seeds alone are one group.
const key_of = (i, leave_out) => JSON.stringify(axes.map(a => (a === leave_out ? null : a.at(i))));

function statistics(values) {
  const known = values.filter(value => typeof value === 'number');
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return {
    n: known.length,
    mean: known.length > 0 ? mean : null,
    deviation: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : 0,
  };
}

// A map from what `key` makes of a point to the points that have it.
function grouped(rows, key) {
  const groups = new Map();
  for (const i of rows) {
    const k = key(i);
    if (!groups.has(k)) groups.set(k, []);
    groups.get(k).push(i);
  }
  return groups;
}

// What the page is about at this time: the finished points that the filters keep.
const state = { kept: every.filter(is_done), shown: every };

// The points of a group as a person would name them.
function group_title(rows) {
  const i = rows[0];
  return axes.length === 0
    ? 'seed ' + rows.map(called('seed').at).join(', ')
    : axes.map(a => a.title + ' = ' + a.write(a.at(i))).join(', ');
}
function group_lines(rows, of) {
  return of
    .map(c => {
      const s = statistics(c.values_of(rows));
      const spread = s.n > 1 ? ` ± ${c.write(s.deviation)} (${s.n} seeds)` : '';
      return `${escape_html(c.title)}: <b>${escape_html(c.write(s.mean))}</b>${escape_html(spread)}`;
    })
    .join('<br>');
}
const headline = [...new Set([accuracy, energy, latency, training, area])].filter(c => c !== undefined);
function group_tip(rows) {
  const points =
    rows.length === 1
      ? 'point ' + number(rows[0])
      : 'points ' + rows.slice(0, 8).map(number).join(', ') + (rows.length > 8 ? ', …' : '');
  return `<div class="tip"><b>${escape_html(group_title(rows))}</b><br>${escape_html(points)}<br>${group_lines(rows, headline)}</div>`;
}

// The point that the page starts from: the group that is best by its mean, or the cheapest that is nearly as good, or
// the sweep's first.
function reference(which) {
  const groups = [...grouped(state.kept, i => key_of(i)).values()];
  if (groups.length === 0) return [];
  if (which === 'first') return groups[0];
  const mean = (rows, c) => statistics(c.values_of(rows)).mean;
  const best = groups.reduce((a, b) => (mean(b, accuracy) > mean(a, accuracy) ? b : a));
  if (which === 'best') return best;
  const good = groups.filter(rows => mean(rows, accuracy) >= mean(best, accuracy) - 0.01);
  return good.reduce((a, b) => (mean(b, energy) < mean(a, energy) ? b : a));
}

const names_of = list => list.map(c => [c.name, c.title]);

// A colour of the ramp for a share from 0 to 1.
function ramp_scale(column, rows, more) {
  const known = column.values_of(rows).filter(value => typeof value === 'number');
  const t = theme();
  return Object.assign(
    {
      type: 'continuous',
      min: Math.min(...known),
      max: Math.max(...known),
      calculable: false,
      inRange: { color: t.ramp },
      textStyle: { color: t.soft },
      text: [column.write(Math.max(...known)), column.write(Math.min(...known))],
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemWidth: 12,
      itemHeight: 160,
    },
    more,
  );
}
)js";

}  // namespace settle
