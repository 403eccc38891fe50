#include "src/report/echarts.h"

// The assembler puts the file's bytes between two names.
asm(".pushsection .rodata\n"
    ".global settle_echarts_begin\n"
    "settle_echarts_begin:\n"
    ".incbin \"" SETTLE_ECHARTS
    "\"\n"
    ".global settle_echarts_end\n"
    "settle_echarts_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" const char settle_echarts_begin[], settle_echarts_end[];

namespace settle {

std::string_view echarts() { return {settle_echarts_begin, std::size_t(settle_echarts_end - settle_echarts_begin)}; }

}  // namespace settle
