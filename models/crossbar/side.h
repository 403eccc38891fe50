// The two sides of an array.
#pragma once

namespace settle {

/// The two sides of an array: its word lines belong to the source, its bit lines to the target.
enum class Side { word_lines, bit_lines };

/// The other side.
inline Side opposite(Side side) { return side == Side::word_lines ? Side::bit_lines : Side::word_lines; }

}  // namespace settle
