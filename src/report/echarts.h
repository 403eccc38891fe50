// ECharts, the library that pages draw with, as it lies in the program: pages are made where it is not installed, too.
#pragma once

#include <string_view>

namespace settle {

/// echarts.min.js, compressed by gzip.
std::string_view echarts();

}  // namespace settle
