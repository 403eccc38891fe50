#include "src/report/echarts.h"

#include <cstdint>

// The assembler puts the file's bytes here, and how many there are.
asm(".pushsection .rodata\n"
    ".global settle_echarts_bytes, settle_echarts_size\n"
    ".balign 8\n"
    "settle_echarts_size: .quad 1f - settle_echarts_bytes\n"
    "settle_echarts_bytes: .incbin \"" SETTLE_ECHARTS
    "\"\n"
    "1: .popsection\n");
extern "C" const std::uint64_t settle_echarts_size;
extern "C" const char settle_echarts_bytes[];

namespace settle {

std::string_view echarts() { return {settle_echarts_bytes, std::size_t(settle_echarts_size)}; }

}  // namespace settle
