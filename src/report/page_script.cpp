#include "src/report/page.h"

namespace settle {

const char* const page_script = R"js(
const runs = data.runs;
const several = runs.length > 1;

// One line for a run: `y` against `x`, both names of an epoch's members.
function line(run, k, x, y, name, more) {
  const points = run.epochs.filter(e => e[x] !== null && e[y] !== null).map(e => [e[x], e[y]]);
  return Object.assign({ name: name, points: points, colour: k }, more);
}

function both(what) {
  return runs.flatMap((run, k) => [
    line(run, k, 'epoch', 'test_' + what, several ? run.name : 'test'),
    line(run, k, 'epoch', 'train_' + what, several ? run.name + ', train' : 'train', {
      dashed: true,
      unnamed: several,
    }),
  ]);
}
function each(x, y) {
  return runs.map((run, k) => line(run, k, x, y, several ? run.name : y.replace('_', ' ')));
}

// Energies of several runs may lie far apart.
function energy_axis() {
  const last = runs
    .map(run => run.epochs.map(e => e.energy))
    .flat()
    .filter(e => e > 0);
  const wide = several && Math.max(...last) > 30 * Math.min(...last);
  return { title: 'energy', write: joule, from_zero: !wide, type: wide ? 'log' : 'value' };
}

function draw_page() {
  const epoch = { title: 'epoch', precision: 0 };
  const single = runs.every(run => run.epochs.length < 2); // a lone point says nothing without a zero
  draw('accuracy', epoch, { title: 'accuracy', write: percent, from_zero: single }, both('accuracy'));
  draw('loss', epoch, { title: 'loss', from_zero: single }, both('loss'));
  draw(
    'energy',
    energy_axis(),
    { title: 'test accuracy', write: percent, from_zero: single },
    each('energy', 'test_accuracy'),
  );
  draw_distributions();
  draw_noise();
  draw_ledger();
  draw('radius', epoch, { title: 'spectral radius', from_zero: true }, each('epoch', 'radius'));
}
)js";

}  // namespace settle
