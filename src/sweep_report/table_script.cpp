#include "src/sweep_report/page.h"

namespace settle {

const char* const table_script = R"js(
// The table of points: sorted by a click on a heading, filtered, its columns chosen. A row lights up in the figures.
const table = {
  columns: [],
  sort: { column: called('point'), down: false },
  boxes: new Map(),
  expression: () => true,
  rows: [],
  pinned: new Set(),
  hot: null,
};

function usual_columns() {
  const wanted = [
    'point',
    ...axes.map(a => a.name),
    'seed',
    'state',
    ...headline.map(c => c.name),
    'total_joule',
    'epochs',
  ];
  return [...new Set(wanted)]
    .map(called)
    .filter(c => c !== undefined && (c.varies || c.name === 'point' || headline.includes(c)));
}

function cell(column, i) {
  const td = document.createElement('td');
  if (column.name === 'point' && data.pages[i]) {
    const link = document.createElement('a');
    link.href = data.pages[i];
    link.textContent = number(i);
    link.title = 'the page of this point';
    td.append(link);
  } else {
    td.textContent = column.write(column.at(i));
  }
  if (column.numeric) td.className = 'n';
  return td;
}

function row(i) {
  if (table.rows[i] === undefined) {
    const tr = document.createElement('tr');
    tr.dataset.point = i;
    for (const column of table.columns) tr.append(cell(column, i));
    table.rows[i] = tr;
  }
  return table.rows[i];
}

function compare(a, b) {
  const x = table.sort.column.at(a),
    y = table.sort.column.at(b);
  if (x === null || y === null) return (x === null) - (y === null) || a - b; // what is not known comes last
  const order =
    typeof x === 'number' && typeof y === 'number'
      ? x - y
      : String(x).localeCompare(String(y), 'en', { numeric: true });
  return (table.sort.down ? -order : order) || a - b;
}

function fill_table() {
  state.shown = every.filter(i => table.expression(i) && [...table.boxes.values()].every(keeps => keeps(i)));
  state.kept = state.shown.filter(is_done);
  document.querySelector('#points tbody').replaceChildren(...[...state.shown].sort(compare).map(row));
  const finished = every.filter(is_done).length;
  document.getElementById('kept').textContent =
    `${state.shown.length} of ${data.points} points` +
    (finished < data.points ? `, ${state.kept.length} of them finished` : '');
}

function refilter() {
  fill_table();
  redraw_all();
  show_marks(true);
}

function heading(column) {
  const th = document.createElement('th');
  const button = document.createElement('button');
  button.type = 'button';
  const sorted = table.sort.column === column;
  button.textContent = column.name + (sorted ? (table.sort.down ? ' ▼' : ' ▲') : '');
  button.title = column.meaning || '';
  th.setAttribute('aria-sort', sorted ? (table.sort.down ? 'descending' : 'ascending') : 'none');
  if (column.numeric) th.className = 'n';
  button.addEventListener('click', () => {
    table.sort = { column: column, down: sorted ? !table.sort.down : column.high_is_good };
    fill_head();
    fill_table();
  });
  th.append(button);
  return th;
}

function filter_box(column) {
  const th = document.createElement('th');
  const box = document.createElement('input');
  box.setAttribute('aria-label', 'keep points by ' + column.name);
  box.placeholder = column.numeric ? '> 0 or 1 .. 2' : 'text';
  box.value = table.boxes.has(column.name) ? table.boxes.get(column.name).text : '';
  box.addEventListener('input', () => {
    const keeps = box_condition(column, box.value);
    if (keeps === null) table.boxes.delete(column.name);
    else table.boxes.set(column.name, Object.assign(keeps, { text: box.value }));
    soon(refilter);
  });
  th.append(box);
  return th;
}

let waiting = null;
function soon(act) {
  clearTimeout(waiting);
  waiting = setTimeout(act, 150);
}

function fill_head() {
  const head = document.querySelector('#points thead');
  const titles = document.createElement('tr'),
    boxes = document.createElement('tr');
  titles.append(...table.columns.map(heading));
  boxes.append(...table.columns.map(filter_box));
  boxes.className = 'boxes';
  head.replaceChildren(titles, boxes);
}

function choose_columns() {
  const box = document.getElementById('columns');
  for (const column of columns) {
    const label = document.createElement('label'),
      check = document.createElement('input');
    check.type = 'checkbox';
    check.checked = table.columns.includes(column);
    label.title = column.meaning || '';
    check.addEventListener('change', () => {
      const chosen = new Set(table.columns);
      if (check.checked) chosen.add(column);
      else chosen.delete(column);
      table.columns = [...table.columns.filter(c => chosen.has(c)), ...(check.checked ? [column] : [])];
      table.rows = [];
      fill_head();
      fill_table();
      show_marks();
    });
    label.append(check, ' ' + column.name);
    box.append(label);
  }
}

function in_sight(figure) {
  const box = figure.element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
}

// The rows and marks of pinned points, and of the one under the pointer: the latter only in figures that are in sight,
// since it moves on at once.
function show_marks(everywhere) {
  const marked = new Set(table.pinned);
  if (table.hot !== null) marked.add(table.hot);
  for (const [i, tr] of table.rows.entries()) if (tr) tr.classList.toggle('marked', marked.has(i));
  for (const figure of figures)
    if (figure.mark && figure.chart && typeof figure.drawn !== 'string' && (everywhere || in_sight(figure)))
      mark_in(figure, marked);
}

function mark_in(figure, marked) {
  if (figure.marked)
    for (const place of figure.marked) figure.chart.dispatchAction(Object.assign({ type: 'downplay' }, place));
  figure.marked = figure.mark(marked);
  for (const place of figure.marked) figure.chart.dispatchAction(Object.assign({ type: 'highlight' }, place));
}

// A mark of a figure stands for some points: under the pointer they light up everywhere, a click goes to their row.
function listen(figure_rows) {
  return chart => {
    chart.on('click', item => {
      const rows = figure_rows(item);
      if (rows && rows.length > 0) go_to(rows);
    });
    chart.on('mouseover', item => {
      const rows = figure_rows(item);
      if (rows && rows.length > 0) {
        table.hot = rows[0];
        show_rows();
      }
    });
    chart.on('mouseout', () => {
      table.hot = null;
      show_rows();
    });
  };
}
function show_rows() {
  for (const [i, tr] of table.rows.entries())
    if (tr) tr.classList.toggle('marked', table.pinned.has(i) || table.hot === i);
}
function go_to(rows) {
  table.pinned = new Set(rows);
  show_marks(true);
  const tr = table.rows[rows[0]];
  if (tr) tr.scrollIntoView({ block: 'nearest' });
}

function start_table() {
  table.columns = usual_columns();
  fill_head();
  choose_columns();
  fill_table();
  const body = document.querySelector('#points tbody');
  const point_of = event => {
    const tr = event.target.closest('tr');
    return tr ? Number(tr.dataset.point) : null;
  };
  body.addEventListener('mouseover', event => {
    const i = point_of(event);
    if (i !== table.hot) {
      table.hot = i;
      show_marks();
    }
  });
  body.addEventListener('mouseleave', () => {
    table.hot = null;
    show_marks();
  });
  body.addEventListener('click', event => {
    const i = point_of(event);
    if (i === null || event.target.closest('a')) return;
    if (table.pinned.has(i)) table.pinned.delete(i);
    else table.pinned.add(i);
    show_marks(true);
  });
  const box = document.getElementById('condition'),
    wrong = document.getElementById('wrong');
  box.addEventListener('input', () => {
    try {
      table.expression = condition(box.value);
      wrong.textContent = '';
      soon(refilter);
    } catch (error) {
      wrong.textContent = error.message;
    }
  });
}
)js";

}  // namespace settle
