// Figures as people read them on a page: three digits and a unit that suits the size. What is not finite is a dash.
#pragma once

#include <string>

#include "settle/models/cost/estimate.h"

namespace settle {

constexpr const char* dash = "–";

/// "1.23 nJ", "1.23 µJ": SI prefixes from atto to tera.
std::string with_unit(double value, const char* unit);
std::string joule(double value);
/// Simulated or wall-clock time; minutes and hours where seconds would be many.
std::string second(double value);
/// An area in mm², a small one in µm².
std::string square_metre(double value);
/// "97.31 %" from a fraction.
std::string percent(double fraction, int decimals = 2);
/// "31.2 %", and "< 0.1 %" for shares that are not zero.
std::string share_percent(double share);
/// "12 500", "1.23 million".
std::string count(double value);
/// Three significant digits, without a unit.
std::string plain(double value);

/// "0.9 to 4.1 nJ": first and last in one unit where they share it.
std::string range(const Estimate& estimate, std::string (*write)(double));

}  // namespace settle
