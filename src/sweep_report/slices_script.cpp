#include "src/sweep_report/page.h"

namespace settle {

const char* const slices_script = R"js(
// A metric over one axis, with a band of one deviation, and over two, as a map.
const by_length = [...axes].sort((a, b) => b.numeric - a.numeric || b.distinct.length - a.distinct.length);
const slices = { x: by_length[0], y: accuracy, by: by_length[1], others: 'pooled' };
const map = { x: by_length[0], y: by_length[1], of: accuracy, others: 'pooled' };

// The kept points whose other axes are as those of the reference, where `others` names one.
function slice(free, others) {
  if (others === 'pooled') return state.kept;
  const at = reference(others);
  if (at.length === 0) return [];
  const loose = a =>
    free.includes(a) || (a.name === 'case' && free.some(one => one !== undefined && one.role === 'varied by cases'));
  return state.kept.filter(i => axes.every(a => loose(a) || a.at(i) === a.at(at[0])));
}

// A grid is cut where the best point lies, so that bands are of seeds alone; the points of a random design hardly ever
// share all other axes, and are pooled.
function usual_others(free) {
  const rows = slice(free, 'best');
  return free.every(a => a === undefined || 2 * new Set(rows.map(a.at)).size > a.distinct.length) ? 'best' : 'pooled';
}

// An axis with more than `most` values is cut into parts of equally many points; each stands for its mean.
function cut(column, rows, most, count) {
  if (!column.numeric || column.distinct.length <= most)
    return { of: i => column.at(i), parts: column.distinct, cut: false };
  const sorted = rows
    .map(column.at)
    .filter(v => v !== null)
    .sort((a, b) => a - b);
  const edges = Array.from({ length: count - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / count)]);
  const place = value => edges.filter(edge => value >= edge).length;
  const members = grouped(
    rows.filter(i => column.at(i) !== null),
    i => place(column.at(i)),
  );
  const means = new Map(
    [...members].map(([k, some]) => [k, Number(statistics(column.values_of(some)).mean.toPrecision(3))]),
  );
  return {
    of: i => (column.at(i) === null ? null : means.get(place(column.at(i)))),
    parts: [...new Set(means.values())].sort((a, b) => a - b),
    cut: true,
  };
}

// A band from a deviation below the mean to one above it: the library's polygon through what the points are in pixels.
function band(name, tone, points) {
  return {
    type: 'custom',
    name: name,
    silent: true,
    z: 1,
    clip: true,
    data: [[points[0].x, points[0].low]],
    color: tone,
    tooltip: { show: false },
    renderItem: (_, api) => ({
      type: 'polygon',
      shape: {
        points: [
          ...points.map(p => api.coord([p.place, p.high])),
          ...[...points].reverse().map(p => api.coord([p.place, p.low])),
        ],
      },
      style: { fill: tone, opacity: 0.18 },
    }),
  };
}

function slices_option() {
  const free = [slices.x, slices.by].filter(a => a !== undefined),
    rows = slice(free, slices.others);
  if (slices.x === undefined) return 'The sweep varies nothing but its seeds.';
  const parts = cut(slices.x, rows, 20, 10);
  if (rows.length === 0 || parts.parts.length < 2)
    return 'Fewer than two values of this axis are left by the filters.';
  const categories = !slices.x.numeric;
  const curves = slices.by === undefined ? { of: () => '', parts: [''] } : cut(slices.by, rows, 8, 4);
  const groups = new Map(curves.parts.map(v => [v, rows.filter(i => curves.of(i) === v)]));
  const series = [],
    lines = [],
    all = [];
  let k = 0;
  for (const [value, some] of groups) {
    const at = grouped(some, parts.of),
      points = [];
    parts.parts.forEach((x, place) => {
      if (!at.has(x)) return;
      const s = statistics(slices.y.values_of(at.get(x)));
      if (s.mean !== null)
        points.push({
          x: x,
          place: categories ? place : x,
          mean: s.mean,
          low: s.mean - s.deviation,
          high: s.mean + s.deviation,
          rows: at.get(x),
        });
    });
    const index = k++;
    if (points.length === 0) continue;
    const name =
      slices.by === undefined
        ? slices.y.title
        : `${slices.by.title} ${curves.cut ? '≈' : '='} ${slices.by.write(value)}`;
    all.push(...points.flatMap(p => [p.low, p.high]));
    lines.push({
      type: 'line',
      name: name,
      color: colour(index),
      symbol: shapes[index % shapes.length],
      symbolSize: 7,
      showAllSymbol: true,
      z: 3,
      lineStyle: { width: 2, type: dashes[index % dashes.length] },
      data: points.map(p => [p.place, p.mean]),
      marks: points,
      emphasis: { scale: 1.8 },
    });
    if (points.some(p => p.high > p.low)) series.push(band(name, colour(index), points));
  }
  slices.series = [...lines, ...series];
  const y = value_axis(slices.y, all);
  if (slices.y.unit === '%') {
    y.max = extent => Math.min(1, extent.max);
  }
  if (y.type === 'value') {
    const room = 0.04 * (Math.max(...all) - Math.min(...all));
    y.min = () => nice_below(Math.min(...all) - room, all);
    y.max = () => nice_above(Math.max(...all) + room, all);
  }
  return {
    xAxis: categories
      ? axis({ title: slices.x.title, type: 'category', names: parts.parts.map(v => slices.x.write(v)) })
      : key_axis(slices.x, parts.parts),
    yAxis: y,
    series: slices.series,
    legend: slices.by === undefined ? undefined : legend(lines.map(line => line.name)),
    tooltip: tooltip(item => {
      const mark = (slices.series[item.seriesIndex].marks || [])[item.dataIndex];
      if (!mark) return '';
      const s = statistics(slices.y.values_of(mark.rows));
      return (
        `${escape_html(item.seriesName)}<br>${escape_html(slices.x.title)} = ${escape_html(slices.x.write(mark.x))}<br>` +
        `${escape_html(slices.y.title)}: <b>${escape_html(slices.y.write(s.mean))}</b> ± ${escape_html(slices.y.write(s.deviation))} (${s.n} points)`
      );
    }),
  };
}

// Round limits about the values.
function nice_step(all) {
  const span = Math.max(...all) - Math.min(...all) || Math.abs(all[0]) || 1;
  return Math.pow(10, Math.floor(Math.log10(span))) / 2;
}
function nice_below(value, all) {
  const s = nice_step(all);
  return Number((Math.floor(value / s) * s).toPrecision(12));
}
function nice_above(value, all) {
  const s = nice_step(all);
  return Number((Math.ceil(value / s) * s).toPrecision(12));
}

// The axis of a key that is a number; logarithmic where its values span decades.
function key_axis(column, parts) {
  const low = parts[0],
    high = parts[parts.length - 1],
    wide = low > 0 && high >= 20 * low;
  const described = { title: column.title, write: v => digits(v), ticks: 6 };
  if (wide) return logarithmic(parts, parts.length <= 8 ? Object.assign(described, { at: parts }) : described);
  return axis(
    Object.assign(described, {
      loose: true,
      min: low - 0.04 * (high - low),
      max: high + 0.04 * (high - low),
      at: parts.length <= 8 ? parts : undefined,
    }),
  );
}

function map_option() {
  if (map.y === undefined) return 'A map takes a sweep over two axes.';
  if (map.x === map.y) return 'Choose two different axes.';
  const rows = slice([map.x, map.y], map.others);
  if (rows.length === 0) return 'No finished point is left by the filters.';
  const x = cut(map.x, rows, 20, 10),
    y = cut(map.y, rows, 20, 10),
    cells = [];
  for (const [key, some] of grouped(rows, i =>
    JSON.stringify([x.parts.indexOf(x.of(i)), y.parts.indexOf(y.of(i))]),
  )) {
    const [at_x, at_y] = JSON.parse(key),
      s = statistics(map.of.values_of(some));
    if (s.mean !== null && at_x >= 0 && at_y >= 0) cells.push({ value: [at_x, at_y, s.mean], rows: some });
  }
  if (cells.length === 0) return 'This metric is not known of any point.';
  const values = cells.map(c => c.value[2]),
    few = x.parts.length <= 7 && y.parts.length <= 12;
  const series = {
    type: 'heatmap',
    data: cells.map(c => c.value),
    marks: cells,
    itemStyle: { borderColor: theme().paper, borderWidth: 1 },
    label: {
      show: few,
      formatter: item => map.of.write(item.value[2]),
      color: '#fff',
      textBorderColor: '#222',
      textBorderWidth: 2.5,
      fontSize: 12,
    },
    labelLayout: { hideOverlap: true },
    emphasis: { itemStyle: { borderColor: theme().ink, borderWidth: 3 } },
  };
  map.series = [series];
  const t = theme();
  return {
    xAxis: Object.assign(axis({ title: map.x.title, type: 'category', names: x.parts.map(v => map.x.write(v)) }), {
      splitArea: { show: false },
    }),
    yAxis: axis({ title: map.y.title, type: 'category', names: y.parts.map(v => map.y.write(v)) }),
    series: [series],
    grid: room({ right: 100 }),
    visualMap: {
      type: 'continuous',
      min: Math.min(...values),
      max: Math.max(...values),
      inRange: { color: t.ramp },
      textStyle: { color: t.soft },
      right: 0,
      top: 'middle',
      text: [map.of.write(Math.max(...values)), map.of.write(Math.min(...values))],
      itemWidth: 14,
      itemHeight: 180,
    },
    tooltip: tooltip(item => {
      const s = statistics(map.of.values_of(cells[item.dataIndex].rows));
      return (
        `${escape_html(map.x.title)} = ${escape_html(x.parts[item.value[0]])}<br>${escape_html(map.y.title)} = ${escape_html(y.parts[item.value[1]])}<br>` +
        `${escape_html(map.of.title)}: <b>${escape_html(map.of.write(s.mean))}</b> ± ${escape_html(map.of.write(s.deviation))} (${s.n} points)`
      );
    }),
  };
}

const which_others = [
  ['pooled', 'all of them'],
  ['best', 'as in the best point'],
  ['cheap', 'as in the cheapest within 1 %'],
  ['first', 'as in the first point'],
];

function start_slices() {
  slices.others = usual_others([slices.x, slices.by]);
  map.others = usual_others([map.x, map.y]);
  const curves = add_figure('slices', slices_option, {
    mark: marked => places(slices.series, marked),
    ready: listen(rows_in(slices)),
  });
  const heat = add_figure('map', map_option, {
    mark: marked => places(map.series, marked),
    ready: listen(rows_in(map)),
  });
  const set = (of, figure, member, look) => value => {
    of[member] = look(value);
    figure.redraw();
  };
  const as_is = value => value;
  const metric_names = names_of(varied_metrics.length > 0 ? varied_metrics : metrics);
  if (axes.length > 0) {
    choice('slices', 'over', names_of(choosable), slices.x.name, set(slices, curves, 'x', called));
    choice('slices', 'of', metric_names, slices.y.name, set(slices, curves, 'y', called));
    choice(
      'slices',
      'a curve for each',
      [['', 'none'], ...names_of(choosable)],
      slices.by ? slices.by.name : '',
      set(slices, curves, 'by', called),
    );
    choice('slices', 'other axes', which_others, slices.others, set(slices, curves, 'others', as_is));
  }
  if (axes.length > 1) {
    choice('map', 'across', names_of(choosable), map.x.name, set(map, heat, 'x', called));
    choice('map', 'up', names_of(choosable), map.y.name, set(map, heat, 'y', called));
    choice('map', 'of', metric_names, map.of.name, set(map, heat, 'of', called));
    choice('map', 'other axes', which_others, map.others, set(map, heat, 'others', as_is));
  }
}
)js";

}  // namespace settle
