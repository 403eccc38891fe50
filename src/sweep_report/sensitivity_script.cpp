#include "src/sweep_report/page.h"

namespace settle {

const char* const sensitivity_script = R"js(
// What each axis changes, all others being as they are in one point: bars from the lowest to the highest mean.
const sensitivity = { from: 'best' };

// {axis, low, high, low_at, high_at, pooled} of a metric. Where few points differ from the reference in this axis alone,
// as in random designs, the means of a quarter of the points each are compared instead, whatever their other axes are.
function swing(column, metric, at) {
  const neighbours = state.kept.filter(i => axes.every(a => a === column || a.at(i) === a.at(at[0])));
  const alone = new Set(neighbours.map(column.at)).size >= Math.max(2, column.distinct.length / 2);
  const rows = alone ? neighbours : state.kept;
  let part = column.at;
  if (!alone && column.numeric && column.distinct.length > 4) {
    const sorted = rows.map(column.at).sort((a, b) => a - b),
      edges = [1, 2, 3].map(k => sorted[Math.floor((k * sorted.length) / 4)]);
    const ends = [sorted[0], ...edges, sorted[sorted.length - 1]];
    part = i => {
      const k = edges.filter(edge => column.at(i) >= edge).length;
      return `${digits(ends[k], 2)} to ${digits(ends[k + 1], 2)}`;
    };
  }
  const means = [...grouped(rows, part)]
    .map(([value, some]) => ({
      value: typeof value === 'number' ? digits(value, 4) : column.write(value),
      mean: statistics(metric.values_of(some)).mean,
    }))
    .filter(m => m.mean !== null);
  if (means.length < 2) return null;
  const low = means.reduce((a, b) => (b.mean < a.mean ? b : a)),
    high = means.reduce((a, b) => (b.mean > a.mean ? b : a));
  return { axis: column, low: low.mean, high: high.mean, low_at: low.value, high_at: high.value, pooled: !alone };
}

function tornado_option(metric) {
  const at = reference(sensitivity.from);
  if (at.length === 0) return 'No finished point is left by the filters.';
  const swings = axes.map(a => swing(a, metric, at)).filter(s => s !== null && s.high > s.low);
  if (swings.length === 0) return `${metric.title} is the same whatever is varied.`;
  swings.sort((a, b) => b.high - b.low - (a.high - a.low));
  const pooled = statistics(metric.values_of(state.kept)).mean,
    here = statistics(metric.values_of(at)).mean;
  const from = s => (s.pooled ? pooled : here);
  const shown = swings.slice(0, 8);
  const change = value =>
    (value > 0 ? '+' : value < 0 ? '−' : '') +
    (metric.unit === '%' ? digits(100 * Math.abs(value)) + ' points' : metric.write(Math.abs(value)));
  const t = theme(),
    short = text => (text.length > 15 ? text.slice(0, 14) + '…' : text);
  const bars = (name, k, value, label, position) => ({
    type: 'bar',
    name: name,
    barGap: '-100%',
    color: colour(k),
    barMaxWidth: 24,
    data: shown.map(value),
    label: { show: true, position: position, color: t.ink, formatter: item => short(label(shown[item.dataIndex])) },
    labelLayout: { hideOverlap: true },
  });
  const down = shown.map(s => Math.min(0, s.low - from(s))),
    up = shown.map(s => Math.max(0, s.high - from(s)));
  const span = Math.max(...up) - Math.min(...down);
  // Room for the labels beside the bars, which letters of about 7 pixels take from what the axis' names leave.
  const longest = texts => Math.max(...texts.map(text => text.length));
  const width = Math.max(
    160,
    (document.querySelector('#swing-accuracy .plot').clientWidth || 420) -
      60 -
      7 * longest(shown.map(s => s.axis.title)),
  );
  const share = label => Math.min(0.4, (10 + 7 * longest(shown.map(s => short(label(s))))) / width);
  const left = share(s => s.low_at),
    right = share(s => s.high_at),
    whole = span / (1 - left - right);
  return {
    xAxis: axis({
      title: `change of ${metric.title}`,
      write: v => change(v),
      loose: true,
      ticks: 3,
      min: Math.min(...down) - left * whole,
      max: Math.max(...up) + right * whole,
    }),
    yAxis: axis({ type: 'category', names: shown.map(s => s.axis.title + (s.pooled ? ' *' : '')), inverse: true }),
    series: [
      bars(
        'lowest',
        0,
        s => Math.min(0, s.low - from(s)),
        s => s.low_at,
        'left',
      ),
      bars(
        'highest',
        1,
        s => Math.max(0, s.high - from(s)),
        s => s.high_at,
        'right',
      ),
    ],
    tooltip: tooltip(item => {
      const s = shown[item.dataIndex];
      return (
        `${escape_html(s.axis.title)}<br>${escape_html(s.low_at)}: <b>${escape_html(metric.write(s.low))}</b><br>${escape_html(s.high_at)}: <b>${escape_html(metric.write(s.high))}</b>` +
        (s.pooled ? '<br>* whatever the other axes are' : '')
      );
    }),
  };
}

function say_reference() {
  const at = reference(sensitivity.from);
  document.getElementById('reference').textContent =
    at.length === 0
      ? ''
      : `Around: ${group_title(at)}; ` +
        headline
          .slice(0, 3)
          .map(c => `${c.title} ${c.write(statistics(c.values_of(at)).mean)}`)
          .join(', ') +
        '.';
}

function start_sensitivity() {
  const named = [
    ['swing-accuracy', accuracy],
    ['swing-energy', energy],
    ['swing-latency', latency],
  ];
  const made = named.map(([id, metric]) =>
    add_figure(
      id,
      () => {
        say_reference();
        return tornado_option(metric);
      },
      { width: 560, height: 300 },
    ),
  );
  const select = document.querySelector('#around select');
  select.addEventListener('change', () => {
    sensitivity.from = select.value;
    made.forEach(figure => figure.redraw());
  });
}
)js";

}  // namespace settle
