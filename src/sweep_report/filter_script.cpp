#include "src/sweep_report/page.h"

namespace settle {

const char* const filter_script = R"js(
// Conditions as `settle sweep --show` takes them, read by recursive descent into functions of a point:
//   test_accuracy >= 0.84 and (beta = 0.1 or not case = 'residual') and neuron.tau_s in (1e-8, 2e-8)
function words_of(text) {
  const pattern = /\s*(<=|>=|!=|<>|==|[<>=(),]|'(?:[^']|'')*'|"[^"]*"|[^\s<>=!(),'"]+)/y;
  const words = [];
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const at = pattern.lastIndex,
      match = pattern.exec(text);
    if (match === null) throw new Error('cannot read ' + text.slice(at).trim());
    words.push(match[1]);
  }
  return words;
}

// A column by its name, by the last part of a key's name, or test_accuracy for test_accuracy_best.
function find_column(word) {
  const bare = word.replace(/^"(.*)"$/, '$1');
  const found = called(bare) || columns.find(c => c.name.endsWith('.' + bare)) || called(bare + '_best');
  if (!found) throw new Error('no column ' + bare);
  return found;
}

function value_of(word) {
  if (word === undefined) throw new Error('a value is missing at the end');
  if (word[0] === "'") return word.slice(1, -1).replace(/''/g, "'");
  if (word[0] === '"') return word.slice(1, -1);
  return word !== '' && Number.isFinite(Number(word)) ? Number(word) : word;
}

const comparisons = {
  '=': (a, b) => a === b || String(a) === String(b),
  '==': (a, b) => comparisons['='](a, b),
  '!=': (a, b) => !comparisons['='](a, b),
  '<>': (a, b) => !comparisons['='](a, b),
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

// A function of a point's place; an Error says what cannot be read.
function condition(text) {
  const words = words_of(text);
  let at = 0;
  const is = word => at < words.length && words[at].toLowerCase() === word;
  const take = word => {
    if (!is(word)) throw new Error(`${word} is missing ${at < words.length ? 'before ' + words[at] : 'at the end'}`);
    ++at;
  };

  function comparison() {
    if (is('(')) {
      take('(');
      const inner = either();
      take(')');
      return inner;
    }
    if (is('not')) {
      take('not');
      const inner = comparison();
      return i => !inner(i);
    }
    if (at >= words.length) throw new Error('a condition is missing at the end');
    const column = find_column(words[at++]);
    const known = test => i => column.at(i) !== null && test(column.at(i));
    if (is('in')) {
      take('in');
      take('(');
      const values = [value_of(words[at++])];
      while (is(',')) {
        take(',');
        values.push(value_of(words[at++]));
      }
      take(')');
      return known(value => values.some(one => comparisons['='](value, one)));
    }
    const compare = Object.hasOwn(comparisons, words[at]) ? comparisons[words[at++]] : null;
    if (compare === null) throw new Error(`a comparison is missing after ${column.name}`);
    const value = value_of(words[at++]);
    return known(one => compare(one, value));
  }
  function both() {
    let left = comparison();
    while (is('and')) {
      take('and');
      const a = left,
        b = comparison();
      left = i => a(i) && b(i);
    }
    return left;
  }
  function either() {
    let left = both();
    while (is('or')) {
      take('or');
      const a = left,
        b = both();
      left = i => a(i) || b(i);
    }
    return left;
  }
  if (words.length === 0) return () => true;
  const whole = either();
  if (at < words.length) throw new Error('cannot read ' + words.slice(at).join(' '));
  return whole;
}

// What a box over a column means: ">= 0.84", "0.1 .. 0.3", or a part of its text.
function box_condition(column, text) {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const range = trimmed.match(/^(\S+)\s*\.\.\s*(\S+)$/);
  if (range && Number.isFinite(Number(range[1])) && Number.isFinite(Number(range[2])))
    return i => column.at(i) !== null && column.at(i) >= Number(range[1]) && column.at(i) <= Number(range[2]);
  const compared = trimmed.match(/^(<=|>=|!=|=|<|>)\s*(.+)$/);
  if (compared) {
    const value = value_of(compared[2]);
    return i => column.at(i) !== null && comparisons[compared[1]](column.at(i), value);
  }
  return i =>
    column.at(i) !== null &&
    (String(column.at(i)) + ' ' + column.write(column.at(i))).toLowerCase().includes(trimmed.toLowerCase());
}
)js";

}  // namespace settle
