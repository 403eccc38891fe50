#include "src/report/document.h"

namespace settle {

const char* const curve_script = R"js(
// A figure of curves: {name, points: [[x, y]], colour (a number of the palette), dashed, thin, dots, unnamed, kind}.
// A curve that is `unnamed` has no place in the legend: the caption explains it. `kind`: 'line', 'scatter' or 'bar'.
function curve_series(curve) {
  const tone = colour(curve.colour || 0);
  const kind = curve.kind || 'line';
  const series = {
    name: curve.name,
    type: kind,
    data: curve.points,
    color: tone,
    cursor: 'default',
    stack: curve.stack,
  };
  if (kind === 'line') {
    series.symbol = shapes[(curve.colour || 0) % shapes.length];
    series.symbolSize = 6;
    series.showSymbol = curve.dots !== undefined ? curve.dots : curve.points.length <= 40 && !curve.dashed;
    series.lineStyle = {
      width: curve.thin ? 1 : 2,
      opacity: curve.thin ? 0.4 : 1,
      type: curve.dashed ? 'dashed' : 'solid',
    };
  }
  if (kind === 'scatter') {
    series.symbol = curve.symbol || shapes[(curve.colour || 0) % shapes.length];
    series.symbolSize = curve.size || 6;
  }
  if (kind === 'bar') {
    series.barMaxWidth = 40;
    if (curve.filled) series.barCategoryGap = '4%';
  }
  return series;
}

// Bars of one deviation either way.
function error_bars(curve) {
  const tone = colour(curve.colour || 0);
  return {
    type: 'custom',
    name: curve.name,
    color: tone,
    silent: true,
    tooltip: { show: false },
    data: curve.points.map((point, k) => [point[0], point[1] - curve.deviation[k], point[1] + curve.deviation[k]]),
    encode: { x: 0, y: [1, 2] },
    renderItem: (_, api) => {
      const low = api.coord([api.value(0), api.value(1)]),
        high = api.coord([api.value(0), api.value(2)]);
      return {
        type: 'line',
        shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] },
        style: { stroke: tone, lineWidth: 1.5 },
      };
    },
  };
}

// `all`: the curves, or a function that returns them. Bars lie where the category is the vertical axis. A legend takes
// `more.lines` lines, or one that scrolls.
function draw(id, x, y, all, more) {
  return add_figure(
    id,
    () => {
      const curves = typeof all === 'function' ? all() : all;
      if (curves.every(curve => curve.points.length === 0)) return 'Nothing was recorded.';
      const lying = y.type === 'category',
        across = lying ? y : x,
        up = lying ? x : y;
      const write = (a, value) => (a.write ? a.write(value) : a.type === 'category' ? value : digits(value, 4));
      const named = [...new Set(curves.filter(curve => !curve.unnamed).map(curve => curve.name))];
      const y_axis = y.about && y.about.length > 0 ? logarithmic(y.about, y) : axis(y); // `about`: what a logarithmic axis shows
      const option = {
        xAxis: axis(x),
        yAxis: y_axis,
        series: [...curves.filter(curve => curve.deviation).map(error_bars), ...curves.map(curve_series)],
        tooltip: tooltip(item => {
          const value = Array.isArray(item.value) ? item.value : [item.name, item.value];
          return (
            `${escape_html(item.seriesName)}<br>${escape_html((across.title ? across.title + ' ' : '') + write(across, value[0]))}: ` +
            `<b>${escape_html(write(up, value[1]))}</b>`
          );
        }),
      };
      if (curves.some(curve => curve.kind === 'bar') && curves.length > 1)
        option.aria = { enabled: true, decal: { show: true } }; // patterns, beside colours
      const lines = more && more.lines;
      if (named.length > 1)
        option.legend = legend(
          named,
          Object.assign(
            lines ? { type: 'plain' } : {},
            curves.every(curve => curve.kind === 'scatter') ? { itemWidth: 16 } : {},
          ),
        );
      if (named.length > 1 && lines) option.grid = room({ bottom: 14 + 22 * lines });
      return option;
    },
    more,
  );
}
)js";

}  // namespace settle
