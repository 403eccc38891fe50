// `settle sweep --show`: the points of a sweep that fulfil a condition, as a table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace settle {

struct ShowRequest {
  std::string condition, sort;  // as of condition.h; empty: all, in their order
  std::string columns;          // separated by commas; "all"; "help"; empty: the headlines and what is asked about
  std::optional<std::int64_t> limit;
};

/// The table of a sweep's folder, of what its database holds at this time. Throws InputError for what it does not have.
std::string show_points(const std::filesystem::path& folder, const ShowRequest& request);

/// The means over seeds, as at the end of a sweep, and how many points there are in each state.
std::string show_means(const std::filesystem::path& folder);

}  // namespace settle
