#include "src/sweep/early_file.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/config/toml_file.h"
#include "src/sweep/figure_name.h"

namespace settle {
namespace {

std::optional<std::int64_t> epoch_in(const toml::node* node) {
  const auto epoch = node == nullptr ? std::nullopt : node->value_exact<std::int64_t>();
  return epoch && *epoch >= 1 ? epoch : std::nullopt;
}

Bar read_bar(const AxisReader& reader, const toml::node& node) {
  const std::string what = reader.place(node.source()) + ": stop_below: ";
  if (!node.is_table())
    refuse(what + "must be { epoch = 1, test_accuracy = 0.3 }, or a list of such: below it a point is stopped");
  const toml::table& table = *node.as_table();
  reader.refuse_others(table, {"epoch", "test_accuracy"});
  const auto epoch = epoch_in(table.get("epoch"));
  if (!epoch) refuse(what + "needs epoch, an integer from 1: after which epoch a point is looked at");
  const auto accuracy = table["test_accuracy"].value<double>();
  if (!accuracy || !(*accuracy > 0 && *accuracy <= 1))
    refuse(what + "needs test_accuracy, above 0 and at most 1: a point below it is stopped");
  return {*epoch, *accuracy};
}

}  // namespace

std::vector<Bar> read_bars(const AxisReader& reader, const toml::node& node) {
  std::vector<Bar> bars;
  if (const toml::array* list = node.as_array(); list != nullptr && list->empty())
    refuse(reader.place(node.source()) +
           ": stop_below: is an empty list, which stops no point; give at least one bar, or leave it out");
  if (const toml::array* list = node.as_array())
    for (const toml::node& each : *list) bars.push_back(read_bar(reader, each));
  else
    bars.push_back(read_bar(reader, node));
  std::sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.epoch < b.epoch; });
  for (std::size_t i = 1; i < bars.size(); ++i)
    if (bars[i].epoch == bars[i - 1].epoch)
      refuse(fmt::format("{}: stop_below: there are two bars for epoch {}; leave one out", reader.place(node.source()),
                         bars[i].epoch));
  return bars;
}

Halving read_halving(const AxisReader& reader, const toml::node& node, bool analyze) {
  const std::string what = reader.place(node.source()) + ": halving: ";
  const toml::table& table = reader.table_of(node, "halving");
  reader.refuse_others(table, {"after_epochs", "keep", "minimise"});
  Halving halving;
  const toml::array* epochs = table["after_epochs"].as_array();
  for (std::size_t i = 0; epochs != nullptr && i < epochs->size(); ++i)
    if (const auto epoch = epoch_in(epochs->get(i))) halving.after_epochs.push_back(*epoch);
  const bool rising = std::is_sorted(halving.after_epochs.begin(), halving.after_epochs.end(), std::less_equal<>());
  if (epochs == nullptr || epochs->empty() || halving.after_epochs.size() != epochs->size() || !rising)
    refuse(what + "needs after_epochs, rising integers such as [1, 3]: after which epochs the best go on");
  if (const toml::node* keep = table.get("keep")) {
    const auto share = keep->value<double>();
    if (!share || !(*share > 0 && *share < 1))
      refuse(what + "keep: must be above 0 and below 1: the share that goes on each time");
    halving.keep = *share;
  }
  if (const toml::node* minimise = table.get("minimise")) {
    const auto name = minimise->value_exact<std::string>();
    if (!name) refuse(what + "minimise: must be a figure of the results, such as \"inference_joule\"");
    halving.minimise = figure_called(*name, analyze, reader.place(minimise->source()) + ": minimise");
  }
  return halving;
}

std::string text_of(const EarlyStopping& early) {
  std::string text;
  for (const Bar& bar : early.bars) text += fmt::format("stop below {} after {}\n", bar.test_accuracy, bar.epoch);
  if (early.halving)
    text += fmt::format("keep {} after {} by {}\n", early.halving->keep, fmt::join(early.halving->after_epochs, ","),
                        early.halving->minimise);
  return text;
}

}  // namespace settle
