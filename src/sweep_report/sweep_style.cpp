#include "src/sweep_report/page.h"

namespace settle {

const char* const sweep_style = R"css(
main { max-width: 1400px; }
.wide .plot { height: 430px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 20px 28px; }
.pair .plot { height: 400px; }
.three { display: grid; grid-template-columns: repeat(3, 1fr); gap: 16px 20px; }
.three .plot { height: 270px; }
#parallel .plot { height: 460px; }
#points { max-height: 560px; overflow: auto; border: 1px solid var(--line); }
#points table { width: 100%; }
#points thead { position: sticky; top: 0; z-index: 1; background: var(--paper); }
#points th, #points td { padding: 3px 10px; white-space: nowrap; }
#points th button { font: inherit; color: var(--soft); background: none; border: 0; padding: 0; cursor: pointer; }
#points th.n button { width: 100%; text-align: right; }
#points th input { width: 100%; min-width: 72px; font-size: 12px; padding: 1px 4px; }
#points tbody tr { cursor: pointer; content-visibility: auto; }
#points tbody tr:hover { background: var(--band); }
#points tbody tr.marked { background: var(--marked); }
#condition { width: min(620px, 100%); font: 14px ui-monospace, "DejaVu Sans Mono", monospace; padding: 4px 8px; }
#wrong { color: var(--alarm); margin-left: 8px; }
#columns { columns: 4 210px; margin: 8px 0; font-size: 13px; }
#columns label { display: block; overflow-wrap: anywhere; }
.tip { max-width: 460px; white-space: normal; }
@media (max-width: 980px) { .pair, .three { grid-template-columns: 1fr; } }
@media print { #points { max-height: none; overflow: visible; } #points thead { position: static; } .boxes { display: none; } }
)css";

}  // namespace settle
