#include "src/sweep_report/page.h"

namespace settle {

const char* const parallel_script = R"js(
// Every point as a line across all axes and headline figures. Dragging along an axis keeps what passes there.
const parallel = { of: accuracy };

// A name in lines of at most sixteen letters or so, cut at spaces, dots and underscores.
function in_lines(text) {
  const lines = [''];
  for (const word of text.split(/(?<=[ ._])/)) {
    if (lines[lines.length - 1].length + word.trim().length > 16 && lines[lines.length - 1] !== '') lines.push('');
    lines[lines.length - 1] += word;
  }
  return lines.map(line => line.trim()).join('\n');
}

function parallel_axis(column, dim) {
  const t = theme();
  const values = column.values_of(state.kept).filter(value => value !== null);
  const wide = column.numeric && Math.min(...values) > 0 && Math.max(...values) > 20 * Math.min(...values);
  const made = {
    dim: dim,
    name: in_lines(column.title),
    type: column.numeric ? (wide ? 'log' : 'value') : 'category',
    scale: true,
    nameLocation: 'start',
    nameGap: 12,
    nameTextStyle: { color: t.ink, lineHeight: 15, verticalAlign: 'top' },
    axisLabel: {
      color: t.ink,
      hideOverlap: true,
      textBorderColor: t.paper,
      textBorderWidth: 3,
      formatter: v => (column.numeric ? (is_key(column) ? digits(v) : column.write(v)) : String(v)),
    },
    axisLine: { lineStyle: { color: t.soft } },
  };
  if (!column.numeric) made.data = column.distinct.map(String);
  if (column.numeric && values.length > 0 && Math.min(...values) === Math.max(...values)) {
    made.min = values[0] - Math.abs(values[0] || 1) / 2;
    made.max = values[0] + Math.abs(values[0] || 1) / 2;
  }
  return made;
}

function parallel_option() {
  if (state.kept.length === 0) return 'No finished point is left by the filters.';
  const shown = [...axes.slice(0, 8), ...headline.filter(c => c.varies)];
  if (shown.length < 2) return 'The sweep varies too little for this figure.';
  const t = theme(),
    known = parallel.of.values_of(state.kept).filter(v => v !== null),
    low = Math.min(...known),
    high = Math.max(...known);
  const marks = state.kept.map(i => ({ rows: [i] }));
  const width = state.kept.length > 200 ? 1 : 1.6,
    opacity = state.kept.length > 200 ? 0.4 : 0.75;
  const series = {
    type: 'parallel',
    marks: marks,
    smooth: false,
    inactiveOpacity: 0.03,
    activeOpacity: 1,
    lineStyle: { width: width, opacity: opacity },
    emphasis: { lineStyle: { width: 4, opacity: 1, color: t.ink } },
    data: state.kept.map(i => [
      ...shown.map(c => (c.at(i) === null ? '-' : c.numeric ? c.at(i) : String(c.at(i)))),
      parallel.of.at(i),
    ]),
  };
  parallel.series = [series];
  return {
    parallelAxis: shown.map(parallel_axis),
    parallel: { left: 70, right: 90, top: 14, bottom: 100 },
    series: [series],
    grid: undefined,
    visualMap: {
      type: 'continuous',
      min: low,
      max: high === low ? low + 1e-9 : high,
      dimension: shown.length,
      inRange: { color: t.ramp },
      textStyle: { color: t.soft },
      orient: 'horizontal',
      left: 'center',
      bottom: 4,
      itemWidth: 12,
      itemHeight: 200,
      text: [`${parallel.of.title}: ${parallel.of.write(high)}`, parallel.of.write(low)],
    },
    tooltip: tooltip(item => group_tip(marks[item.dataIndex].rows)),
  };
}

function start_parallel() {
  const figure = add_figure('parallel', parallel_option, {
    width: 1100,
    height: 460,
    mark: marked => places(parallel.series, marked),
    ready: listen(rows_in(parallel)),
  });
  choice(
    'parallel',
    'colour',
    names_of(varied_metrics.length > 0 ? varied_metrics : metrics),
    parallel.of.name,
    name => {
      parallel.of = called(name);
      figure.redraw();
    },
  );
}
)js";

}  // namespace settle
