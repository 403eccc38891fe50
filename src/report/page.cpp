#include "src/report/page.h"

#include "src/report/document.h"
#include "src/report/sections.h"

namespace settle {
namespace {

std::string body_of(const Runs& runs) {
  return header_section(runs) + headline_section(runs) + learning_section(runs) + energy_section(runs) +
         uncertainty_section(runs) + latency_section(runs) + settling_section(runs) + distributions_section(runs) +
         confusion_section(runs) + area_section(runs) + design_section(runs) + signal_section(runs) +
         plausibility_section(runs) + configuration_section(runs);
}

}  // namespace

std::string report_page(const Runs& runs) {
  return document({report_title(runs), body_of(runs), chart_data(runs), {page_script, distribution_script}});
}

}  // namespace settle
