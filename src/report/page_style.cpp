#include "src/report/document.h"

namespace settle {

const char* const page_style = R"css(
:root { color-scheme: light; --ink: #1d2530; --soft: #5d6877; --line: #dfe3e8; --paper: #ffffff; --accent: #1f5fa8;
  --page: #f4f5f7; --band: #eceff3; --code: #f7f8fa; --faint: #8a94a1; --alarm: #b3261e; --warning: #fdf1e3;
  --marked: #fff0c2; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --ink: #e4e8ee; --soft: #a3aebb; --line: #38414d; --paper: #1b212a; --accent: #6db3ea;
    --page: #12161c; --band: #2b333f; --code: #141920; --faint: #7b8796; --alarm: #ff8a80; --warning: #3a2d1a;
    --marked: #4a4019; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 28px 24px 60px; }
header, section { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 20px 24px;
  margin-bottom: 16px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 10px; }
h3 { font-size: 15px; margin: 18px 0 6px; }
p { margin: 6px 0; }
.program { color: var(--soft); margin: 0; }
.run { color: var(--soft); overflow-wrap: anywhere; } .run b { color: var(--ink); margin-right: 6px; }
.note { color: var(--soft); font-size: 13.5px; max-width: 85ch; overflow-wrap: anywhere; }
.warning { background: var(--warning); border-left: 3px solid #d08a2e; padding: 6px 12px; }
.patch { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.cards { display: grid; grid-template-columns: repeat(5, 1fr); gap: 18px 20px; margin: 4px 0 16px; }
.cards dt { color: var(--soft); font-size: 13px; }
.cards dd { margin: 0; }
.cards .figure { font-size: 21px; line-height: 1.3; }
small { display: block; color: var(--soft); font-size: 12.5px; line-height: 1.35; font-weight: normal; }
.figure { display: inline-block; font-variant-numeric: tabular-nums; white-space: nowrap; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 20px 28px; }
figure { margin: 0; min-width: 0; } .plot { position: relative; height: 270px; }
figcaption { font-size: 13.5px; color: var(--soft); margin-bottom: 4px; display: flex; gap: 12px; }
figcaption > span:first-child { flex: 1; }
.downloads button { font-size: 11px; color: var(--soft); background: none; border: 1px solid var(--line); border-radius: 3px;
  padding: 0 5px; margin-left: 4px; cursor: pointer; }
.controls { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13.5px; color: var(--soft); margin: 2px 0 6px; }
select, input { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--line);
  border-radius: 3px; } select { max-width: 230px; }
a { color: var(--accent); }
.scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 18px; }
#ledger-training .plot, #ledger-inference .plot { height: 400px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 16px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  font-weight: normal; }
thead th { color: var(--soft); font-size: 13px; vertical-align: bottom; }
.n { text-align: right; white-space: nowrap; }
.comparison td { padding-left: 24px; }
.comparison td .words { display: inline-block; white-space: normal; max-width: 30ch; }
.comparison th[scope] { max-width: 56ch; }
.comparison thead th { white-space: normal; overflow-wrap: anywhere; min-width: 130px; color: var(--ink); }
.single thead { display: none; }
.comparison .part { padding-left: 16px; color: var(--soft); }
.costs { width: 100%; } .costs th[scope] { width: 40%; } .costs td:nth-child(2) { white-space: nowrap; }
.bar { display: inline-block; width: 120px; height: 10px; background: var(--band); border-radius: 2px; margin-right: 8px; }
.bar i { display: block; height: 100%; min-width: 1px; background: var(--accent); border-radius: 2px; }
.tornado { width: 100%; } .tornado th[scope] { width: 52%; }
.swing { display: inline-block; position: relative; width: 260px; height: 12px; margin-top: 5px; background: var(--band);
  border-radius: 2px; }
.swing i { position: absolute; top: 0; height: 100%; min-width: 1px; background: var(--accent); border-radius: 2px; }
.swing b { position: absolute; top: -3px; width: 1px; height: 18px; background: var(--ink); }
.share { color: var(--soft); font-size: 13px; display: inline-block; min-width: 54px; text-align: right; }
.confusion th, .confusion td { padding: 4px 8px; border: 1px solid var(--paper); min-width: 44px; }
.confusion th:first-child { padding-left: 0; white-space: nowrap; }
.confusion .up { vertical-align: bottom; text-align: center; padding: 4px 0; }
.confusion .up span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.zero { color: var(--faint); }
.flag .figure, .flag small { color: var(--alarm); font-weight: 600; }
details { margin: 10px 0; } summary { cursor: pointer; color: var(--accent); overflow-wrap: anywhere; }
pre { font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--code); padding: 12px 14px;
  overflow-x: auto; }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
@media (max-width: 820px) { .cards { grid-template-columns: 1fr 1fr; } .charts { grid-template-columns: 1fr; } }
@media print {
  body { background: #fff; font-size: 12px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; } header, section { border: 0; padding: 8px 0; }
  .controls, .downloads { display: none; }
  tr, figure, .cards { break-inside: avoid; } h2, h3 { break-after: avoid; }
}
)css";

}  // namespace settle
