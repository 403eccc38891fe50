#include "src/sweep_report/page.h"

namespace settle {

const char* const front_script = R"js(
// One metric against another, and what no other point beats in both.
const front = { x: energy, y: accuracy, by: axes.find(a => a.distinct.length <= 8) || axes[0], means: true };

const better = (column, a, b) => (column.high_is_good ? a > b : a < b);
const no_worse = (column, a, b) => a === b || better(column, a, b);

// The marks {rows, x, y} that no other is at least as good as in both, and better in one; from left to right.
function pareto(marks, x, y) {
  const in_order = [...marks].sort((a, b) =>
    better(x, a.x, b.x) ? -1 : better(x, b.x, a.x) ? 1 : better(y, a.y, b.y) ? -1 : 1,
  );
  const kept = [];
  for (const mark of in_order) if (kept.length === 0 || better(y, mark.y, kept[kept.length - 1].y)) kept.push(mark);
  return kept.sort((a, b) => a.x - b.x);
}

// The front as steps: between two of its points, what is reached at the cost of the cheaper one.
function steps_of(marks) {
  return marks.map(mark => [mark.x, mark.y]);
}

function value_axis(column, values, more) {
  const known = values.filter(value => typeof value === 'number');
  const wide = known.length > 0 && Math.min(...known) > 0 && Math.max(...known) > 20 * Math.min(...known);
  const described = Object.assign({ title: column.title, write: column.write, ticks: 5 }, more);
  return wide ? logarithmic(known, described) : axis(described);
}

function front_marks() {
  const groups = front.means ? [...grouped(state.kept, i => key_of(i)).values()] : state.kept.map(i => [i]);
  return groups
    .map(rows => ({
      rows: rows,
      x: statistics(front.x.values_of(rows)).mean,
      y: statistics(front.y.values_of(rows)).mean,
    }))
    .filter(mark => mark.x !== null && mark.y !== null);
}

// A series for each value of the axis that colours, or one with a ramp of colours where these are many.
function coloured_series(marks, by, make) {
  if (by === undefined) return [make(marks, 'points', 0)];
  if (by.distinct.length > 8 && by.numeric) return [make(marks, by.title, null)];
  return by.distinct.map((value, k) =>
    make(
      marks.filter(mark => by.at(mark.rows[0]) === value),
      `${by.title} = ${by.write(value)}`,
      k,
    ),
  );
}
const in_ramp = by => by !== undefined && by.numeric && by.distinct.length > 8;

function front_option() {
  const marks = front_marks();
  if (marks.length === 0) return 'No finished point is left by the filters.';
  const best = pareto(marks, front.x, front.y);
  const series = coloured_series(marks, front.by, (some, name, k) => ({
    type: 'scatter',
    name: name,
    symbol: shapes[(k || 0) % shapes.length],
    symbolSize: 9,
    color: k === null ? undefined : colour(k),
    marks: some,
    data: some.map(mark => [mark.x, mark.y, k === null ? front.by.at(mark.rows[0]) : 0]),
    z: 3,
    itemStyle: { borderColor: theme().paper, borderWidth: 0.5, opacity: 0.85 },
    emphasis: { scale: 2, itemStyle: { borderColor: theme().ink, borderWidth: 2, opacity: 1 } },
  }));
  series.push({
    type: 'line',
    name: 'Pareto front',
    data: steps_of(best),
    marks: best,
    symbol: 'circle',
    symbolSize: 15,
    z: 2,
    itemStyle: { color: 'transparent', borderColor: theme().ink, borderWidth: 1.5 },
    color: theme().ink,
    lineStyle: { width: 1.5, type: 'dashed', color: theme().ink },
    step: front.x.high_is_good ? 'start' : 'end',
  });
  const option = {
    xAxis: value_axis(
      front.x,
      marks.map(mark => mark.x),
    ),
    yAxis: value_axis(
      front.y,
      marks.map(mark => mark.y),
    ),
    series: series,
    legend: legend(
      series.map(one => one.name),
      { itemWidth: 16 },
    ),
    tooltip: tooltip(
      item => group_tip(series[item.seriesIndex].marks[item.dataIndex].rows) + group_extra(item, series),
    ),
  };
  if (in_ramp(front.by))
    option.visualMap = ramp_scale(front.by, state.kept, {
      dimension: 2,
      seriesIndex: [0],
      orient: 'vertical',
      left: undefined,
      right: 0,
      top: 20,
      bottom: undefined,
    });
  if (in_ramp(front.by)) option.grid = room({ right: 90, bottom: 34 });
  front.series = series;
  return option;
}
function group_extra(item, series) {
  const rows = series[item.seriesIndex].marks[item.dataIndex].rows;
  const more = [front.x, front.y].filter(c => !headline.includes(c));
  return more.length > 0 ? group_lines(rows, more) : '';
}

// Where the points are in a figure whose series hold `marks`.
function places(series, marked) {
  const found = [];
  (series || []).forEach((one, seriesIndex) => {
    const dataIndex = [];
    (one.marks || []).forEach((mark, k) => {
      if (mark.rows.some(i => marked.has(i))) dataIndex.push(k);
    });
    if (dataIndex.length > 0) found.push({ seriesIndex: seriesIndex, dataIndex: dataIndex });
  });
  return found;
}
const rows_in = of => item =>
  of.series && of.series[item.seriesIndex].marks ? of.series[item.seriesIndex].marks[item.dataIndex].rows : null;

function start_front() {
  const figure = add_figure('front', front_option, {
    width: 760,
    height: 480,
    mark: marked => places(front.series, marked),
    ready: listen(rows_in(front)),
  });
  const metric_names = names_of(varied_metrics.length > 0 ? varied_metrics : metrics);
  const set = (member, look) => name => {
    front[member] = look(name);
    figure.redraw();
  };
  choice('front', 'across', metric_names, front.x.name, set('x', called));
  choice('front', 'up', metric_names, front.y.name, set('y', called));
  choice('front', 'colour', [['', 'none'], ...names_of(choosable)], front.by ? front.by.name : '', set('by', called));
  choice(
    'front',
    'marks',
    [
      ['means', 'means over seeds'],
      ['points', 'each point'],
    ],
    'means',
    set('means', value => value === 'means'),
  );
}
)js";

}  // namespace settle
