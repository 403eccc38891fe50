#include "src/report/document.h"

namespace settle {

const char* const quantity_script = R"js(
// Figures as people read them, as quantity.h has them for C++.
function digits(value, most = 3) {
  return String(Number(value.toPrecision(most)));
}

function engineering(value, unit) {
  const prefixes = ['a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'];
  if (value === 0) return '0 ' + unit;
  const power = Math.min(4, Math.max(-6, Math.floor(Math.log10(Math.abs(value) * 1.0000001) / 3)));
  return digits(value / Math.pow(1000, power)) + ' ' + prefixes[power + 6] + unit;
}

function percent(value) {
  return Number((100 * value).toPrecision(4)) + ' %';
}
function joule(value) {
  return engineering(value, 'J');
}

const units_with_prefixes = ['J', 's', 'V', 'A', 'W', 'F', 'S', 'Hz', 'm', 'ohm', 'J s', '1/J'];

// A value with its unit. '%' is for fractions; without a unit it is a count or a factor.
function quantity(value, unit) {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  if (unit === '%') return percent(value);
  if (unit === 'm2')
    return value !== 0 && Math.abs(value) < 1e-9 ? digits(value * 1e12) + ' µm²' : digits(value * 1e6) + ' mm²';
  if (units_with_prefixes.includes(unit)) return engineering(value, unit);
  const text = Math.abs(value) >= 1e5 ? engineering(value, '').trim() : digits(value, 4);
  return unit ? text + ' ' + unit.replace('mm2', 'mm²') : text;
}

// Text made safe inside HTML: the library's tooltips are HTML.
function escape_html(text) {
  return String(text).replace(/[&<>"']/g, c => '&#' + c.charCodeAt(0) + ';');
}
)js";

}  // namespace settle
