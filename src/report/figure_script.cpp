#include "src/report/document.h"

namespace settle {

const char* const figure_script = R"js(
// Curves differ by dashes too, and points by shape, so that colours are not all that tells them apart.
const themes = {
  light: {
    ink: '#1d2530',
    soft: '#5d6877',
    line: '#c9d0d8',
    grid: '#e8ebef',
    paper: '#ffffff',
    tip: '#ffffff',
    palette: palettes.light,
    ramp: ['#e3c51d', '#7cbb3c', '#1f9e89', '#31688e', '#443983', '#2a0b3d'],
  },
  dark: {
    ink: '#e4e8ee',
    soft: '#a3aebb',
    line: '#4a5462',
    grid: '#2b333f',
    paper: '#1b212a',
    tip: '#252d38',
    palette: palettes.dark,
    ramp: ['#6d5bb0', '#3f78a8', '#2a9d8f', '#58c26b', '#b5de2b', '#fde725'],
  },
};
const shapes = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  'pin',
  'arrow',
  'path://M0,3h3V0h4v3h3v4h-3v3h-4v-3h-3z',
  'path://M0,10L10,10L10,7L7,5L10,3L10,0L0,0L0,3L3,5L0,7z',
];
const dashes = ['solid', 'dashed', 'dotted', [12, 3, 3, 3], [2, 5], [16, 5], [8, 3], [3, 2, 8, 2]];

// Paper and figures for papers are light.
const prefers_dark = matchMedia('(prefers-color-scheme: dark)');
let on_paper = false;
function theme() {
  return prefers_dark.matches && !on_paper ? themes.dark : themes.light;
}
function colour(i) {
  return theme().palette[i % theme().palette.length];
}

// An axis: {title, write, type, from_zero, precision, min, max, loose, at, names}; of type 'category', `names` are its values.
// `loose`: the limits are no round numbers, and not written. `at`: where labels are.
function axis(a) {
  const t = theme();
  const label = { color: t.soft, hideOverlap: true };
  if (a.loose && !a.at) label.showMinLabel = label.showMaxLabel = false;
  if (a.type !== 'category') label.formatter = value => (a.write || digits)(value);
  if (a.at) label.customValues = a.at;
  return {
    type: a.type || 'value',
    name: a.title,
    nameLocation: 'middle',
    nameTextStyle: { color: t.ink, lineHeight: 24 },
    data: a.names,
    scale: !a.from_zero,
    min: a.min,
    max: a.max,
    minInterval: a.precision === 0 ? 1 : undefined,
    inverse: a.inverse,
    axisLabel: label,
    axisTick: { show: a.type === 'category' },
    axisLine: { show: true, lineStyle: { color: t.line } },
    splitLine: { show: a.type !== 'category', lineStyle: { color: t.grid } },
    splitNumber: a.ticks,
  };
}

// A logarithmic axis about these values, with round numbers on it however few decades there are.
function logarithmic(values, more) {
  const low = Math.min(...values) / 1.2,
    high = Math.max(...values) * 1.2,
    decades = Math.log10(high / low);
  const of_a_decade = decades < 2 ? [1, 2, 5] : [1],
    at = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); ++power)
    for (const first of of_a_decade) at.push(Number((first * Math.pow(10, power)).toPrecision(3)));
  return axis(
    Object.assign({ at: at.filter(v => v >= low && v <= high), loose: true }, more, {
      type: 'log',
      min: low,
      max: high,
    }),
  );
}

function tooltip(formatter) {
  const t = theme();
  return {
    formatter: formatter,
    confine: true,
    backgroundColor: t.tip,
    borderColor: t.line,
    textStyle: { color: t.ink, fontSize: 13 },
  };
}

function legend(names, more) {
  return Object.assign(
    {
      type: 'scroll',
      bottom: 0,
      data: names,
      textStyle: { color: theme().ink },
      pageTextStyle: { color: theme().soft },
      pageIconColor: theme().soft,
      itemWidth: 34,
      itemHeight: 14,
    },
    more,
  );
}

// Where axes lie, with their labels and names: all within these margins.
function room(more) {
  return Object.assign(
    { left: 8, right: 24, top: 16, bottom: 6, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    more,
  );
}

// What every figure has in common with the others.
function finished(option) {
  return Object.assign(
    {
      animation: false,
      backgroundColor: 'transparent',
      color: theme().palette,
      textStyle: {
        fontFamily: 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif',
        color: theme().ink,
      },
      grid: room(option.legend ? { bottom: 34 } : {}),
    },
    option,
  );
}

// A figure of the page: its <figure id>, with what `option` makes of the data at this time. `option` returns what the
// library takes, or a text that says why there is nothing to see.
const figures = [];
function add_figure(id, option, more) {
  const element = document.getElementById(id);
  if (element === null) return null;
  const figure = Object.assign({ id: id, element: element, option: option, chart: null, drawn: null }, more);
  const plot = element.querySelector('.plot');
  figure.redraw = () => {
    figure.drawn = figure.option();
    const nothing = typeof figure.drawn === 'string';
    let note = element.querySelector('.nothing');
    if (note === null) {
      note = document.createElement('p');
      note.className = 'nothing note';
      plot.before(note);
    }
    note.textContent = nothing ? figure.drawn : '';
    plot.hidden = nothing;
    element.querySelector('.downloads').hidden = nothing;
    if (nothing) return;
    if (figure.chart === null) {
      figure.chart = echarts.init(plot, null, { renderer: 'canvas' });
      if (figure.ready) figure.ready(figure.chart);
    }
    figure.chart.setOption(finished(figure.drawn), true);
  };
  figures.push(figure);
  offer_downloads(figure);
  figure.redraw();
  return figure;
}

// Choices above a figure. `list`: [value, text]; `choose` is called with the value.
function choice(figure_id, label, list, chosen, choose) {
  const plot = document.querySelector(`#${figure_id} .plot`);
  let box = document.querySelector(`#${figure_id} .controls`);
  if (box === null) {
    box = document.createElement('div');
    box.className = 'controls';
    plot.before(box);
  }
  const field = document.createElement('label');
  field.append(label + ' ');
  const select = document.createElement('select');
  for (const [value, text] of list) select.append(new Option(text, value, value === chosen, value === chosen));
  select.addEventListener('change', () => choose(select.value));
  field.append(select);
  box.append(field);
  return select;
}
// The figure on white, as a file's text or data URL. Pixels are three for each of the page's.
function image(figure, format) {
  const box = document.createElement('div');
  box.style.cssText = `position:absolute;left:-9999px;width:${figure.width || 720}px;height:${figure.height || 440}px`;
  document.body.append(box);
  on_paper = true;
  const chart = echarts.init(box, null, { renderer: format === 'svg' ? 'svg' : 'canvas', devicePixelRatio: 3 });
  chart.setOption(finished(figure.option()));
  const result =
    format === 'svg'
      ? chart.renderToSVGString()
      : chart.getDataURL({ type: 'png', pixelRatio: 3, backgroundColor: '#ffffff' });
  chart.dispose();
  on_paper = false;
  box.remove();
  return result;
}

function offer_downloads(figure) {
  const box = document.createElement('span');
  box.className = 'downloads';
  for (const format of ['svg', 'png']) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = format.toUpperCase();
    button.title = 'save this figure';
    button.addEventListener('click', () => {
      const link = document.createElement('a');
      const made = image(figure, format);
      link.href = format === 'svg' ? 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(made) : made;
      link.download = figure.id + '.' + format;
      link.click();
    });
    box.append(button);
  }
  figure.element.querySelector('figcaption').append(box);
}

function redraw_all() {
  for (const figure of figures) figure.redraw();
}

// `settle report --png` and `--svg` open the page with #figures=png or svg, and read the figures here.
function leave_figures() {
  const format = (location.hash.match(/^#figures=(svg|png)$/) || [])[1];
  if (!format) return;
  const made = {};
  for (const figure of figures) if (typeof figure.drawn !== 'string') made[figure.id] = image(figure, format);
  const left = document.createElement('script');
  left.type = 'application/json';
  left.id = 'figures';
  left.textContent = JSON.stringify(made).replace(/</g, '\\u003c');
  document.body.append(left);
}

prefers_dark.addEventListener('change', redraw_all);
let resizing = null;
window.addEventListener('resize', () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => figures.forEach(figure => figure.chart && figure.chart.resize()), 100);
});
window.addEventListener('beforeprint', () => {
  document.querySelectorAll('details').forEach(d => {
    d.open = true;
  });
  on_paper = true;
  figures.forEach(figure => figure.chart && figure.chart.resize());
  redraw_all();
});
window.addEventListener('afterprint', () => {
  on_paper = false;
  redraw_all();
});
)js";

}  // namespace settle
