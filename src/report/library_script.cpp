#include "src/report/document.h"

namespace settle {

const char* const library_script = R"js(
// ECharts is in the page compressed: a third of its size, in each of a sweep's thousand pages.
async function unpacked_library() {
  const packed = Uint8Array.from(atob(document.getElementById('echarts').textContent), c => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(stream).text();
}

function say_instead(text) {
  const note = document.createElement('p');
  note.className = 'warning';
  note.textContent = text;
  document.querySelector('main').prepend(note);
}

async function begin() {
  if (typeof DecompressionStream === 'undefined') {
    say_instead('This browser is too old to draw the figures of this page: one of 2023 or later does.');
    return;
  }
  const script = document.createElement('script');
  script.textContent = await unpacked_library();
  document.head.append(script);
  draw_page();
  leave_figures();
  document.documentElement.dataset.drawn = figures.length;
}
begin();
)js";

}  // namespace settle
