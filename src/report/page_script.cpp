#include "src/report/page.h"

namespace settle {

const char* const page_script = R"js(
const runs = data.runs;
const several = runs.length > 1;

function percent(value) { return Number((100 * value).toPrecision(4)) + ' %'; }
function joule(value) { return engineering(value, 'J'); }

// One line for a run: `y` against `x`, both names of an epoch's members.
function line(run, x, y, label, dashed) {
  const points = run.epochs.filter(e => e[x] !== null && e[y] !== null).map(e => ({ x: e[x], y: e[y] }));
  return { label: label, data: points, borderColor: run.colour, backgroundColor: run.colour, borderWidth: 2,
           borderDash: dashed ? [5, 4] : [], pointRadius: points.length > 40 ? 0 : 2.5, tension: 0 };
}

function both(what) {
  return runs.flatMap(run => {
    const of = several ? run.name + ', ' : '';
    const test = line(run, 'epoch', 'test_' + what, of + 'test', false);
    if (several) test.short_label = run.name;
    const train = line(run, 'epoch', 'train_' + what, of + 'train', true);
    train.unnamed = several;
    return [test, train];
  });
}
function each(x, y) { return runs.map(run => line(run, x, y, several ? run.name : y.replace('_', ' '), false)); }

// Energies of several runs may lie far apart.
function energy_axis() {
  const last = runs.map(run => run.epochs.map(e => e.energy)).flat().filter(e => e > 0);
  const wide = several && Math.max(...last) > 30 * Math.min(...last);
  return { title: 'energy', write: joule, from_zero: true, type: wide ? 'logarithmic' : 'linear' };
}

const epoch = { title: 'epoch', precision: 0 };
const single = runs.every(run => run.epochs.length < 2);  // a lone point says nothing without a zero
draw('accuracy', epoch, { title: 'accuracy', write: percent, from_zero: single }, both('accuracy'));
draw('loss', epoch, { title: 'loss', from_zero: single }, both('loss'));
draw('energy', energy_axis(), { title: 'test accuracy', write: percent, from_zero: single },
     each('energy', 'test_accuracy'));
draw('radius', epoch, { title: 'spectral radius', from_zero: true }, each('epoch', 'radius'));
)js";

}  // namespace settle
