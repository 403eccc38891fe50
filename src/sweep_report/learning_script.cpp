#include "src/sweep_report/page.h"

namespace settle {

const char* const learning_script = R"js(
// The learning curves of all points, in one series of polylines: a thousand of them are drawn at once.
const epoch_columns = data.epochs.columns.map(column_of);
const learning = {
  y: Math.max(
    0,
    epoch_columns.findIndex(c => c.name === 'test_accuracy'),
  ),
  x: -1,
  by: front.by,
};

function curve_of(i) {
  const epochs = data.epochs.points[i];
  if (!epochs) return null;
  const x = learning.x < 0 ? epochs.epoch : epochs.values[learning.x],
    y = epochs.values[learning.y];
  if (!x || !y) return null;
  const coords = x
    .map((at, k) => [at, y[k]])
    .filter(pair => typeof pair[0] === 'number' && typeof pair[1] === 'number');
  return coords.length > 0 ? { rows: [i], coords: coords } : null;
}

function learning_option() {
  const marks = every
    .filter(i => state.shown.includes(i))
    .map(curve_of)
    .filter(mark => mark !== null);
  if (epoch_columns.length === 0 || marks.length === 0) return 'No epoch of the shown points was finished.';
  const all = marks.flatMap(mark => mark.coords),
    y = epoch_columns[learning.y],
    x = learning.x < 0 ? null : epoch_columns[learning.x];
  const many = marks.length > 100,
    t = theme();
  const series = coloured_series(marks, learning.by, (some, name, k) => ({
    type: 'lines',
    coordinateSystem: 'cartesian2d',
    polyline: true,
    name: name,
    marks: some,
    color: k === null ? undefined : colour(k),
    z: 2,
    lineStyle: {
      width: many ? 1 : 1.6,
      opacity: many ? 0.45 : 0.85,
      type: k === null ? 'solid' : dashes[k % dashes.length],
    },
    emphasis: { lineStyle: { width: 4, opacity: 1 } },
    data: some.map(mark => ({
      coords: mark.coords.length > 1 ? mark.coords : [mark.coords[0], mark.coords[0]],
      value: k === null ? learning.by.at(mark.rows[0]) : 0,
    })),
  }));
  // Lines do not stretch axes; the ends of curves do, and show those of a single epoch.
  const ends = marks.length <= 200 || all.length === marks.length ? marks : [];
  const shape_of = i =>
    learning.by !== undefined && learning.by.distinct.length <= 8
      ? Math.max(0, learning.by.distinct.indexOf(learning.by.at(i)))
      : 0;
  series.push({
    type: 'scatter',
    silent: true,
    symbolSize: 5,
    z: 3,
    name: 'last epoch',
    tooltip: { show: false },
    data: ends.map(mark => ({
      value: mark.coords[mark.coords.length - 1],
      symbol: shapes[shape_of(mark.rows[0])],
      itemStyle: { color: in_ramp(learning.by) ? t.soft : colour(shape_of(mark.rows[0])) },
    })),
  });
  const range = k => {
    const list = all.map(pair => pair[k]);
    return list.reduce((r, v) => [Math.min(r[0], v), Math.max(r[1], v)], [Infinity, -Infinity]);
  };
  const [left, right] = range(0),
    [low, high] = range(1),
    ys = [low, high];
  learning.series = series;
  const wide = x !== null && left > 0 && right > 20 * left;
  const option = {
    xAxis: axis({
      title: x === null ? 'epoch' : x.title,
      write: x === null ? v => digits(v) : x.write,
      precision: x === null ? 0 : undefined,
      type: wide ? 'log' : 'value',
      min: wide ? left : x === null ? Math.min(left, right - 1) : left,
      max: right,
    }),
    yAxis: axis({
      title: y.title,
      write: y.write,
      min: nice_below(low, ys),
      max: y.unit === '%' ? Math.min(1, nice_above(high, ys)) : nice_above(high, ys),
      ticks: 5,
    }),
    series: series,
    tooltip: tooltip(item => {
      const mark = (series[item.seriesIndex].marks || [])[item.dataIndex];
      return mark ? group_tip(mark.rows) : '';
    }),
  };
  if (in_ramp(learning.by)) {
    option.visualMap = ramp_scale(learning.by, state.kept, {
      seriesIndex: [0],
      dimension: 0,
      orient: 'vertical',
      left: undefined,
      right: 0,
      top: 20,
      bottom: undefined,
    });
    option.grid = room({ right: 90 });
  } else if (series.length > 2) {
    option.legend = legend(
      series.slice(0, -1).map(one => one.name),
      { icon: undefined },
    );
  }
  return option;
}

function start_learning() {
  const figure = add_figure('learning', learning_option, {
    width: 760,
    height: 480,
    mark: marked => places(learning.series, marked),
    ready: listen(rows_in(learning)),
  });
  if (epoch_columns.length === 0) return;
  const named = epoch_columns.map((c, k) => [String(k), c.title]);
  choice('learning', 'of', named, String(learning.y), value => {
    learning.y = Number(value);
    figure.redraw();
  });
  choice('learning', 'over', [['-1', 'epochs'], ...named], '-1', value => {
    learning.x = Number(value);
    figure.redraw();
  });
  choice('learning', 'colour', [['', 'none'], ...names_of(choosable)], learning.by ? learning.by.name : '', name => {
    learning.by = called(name);
    figure.redraw();
  });
}

function draw_page() {
  start_table();
  if (metrics.length === 0 || !every.some(is_done)) {
    for (const figure of document.querySelectorAll('figure'))
      add_figure(figure.id, () => 'No point has finished yet.');
    return;
  }
  start_front();
  start_slices();
  start_sensitivity();
  start_parallel();
  start_learning();
}
)js";

}  // namespace settle
