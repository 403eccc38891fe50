// The figures of a page as files, for papers: Chromium draws them, without a window.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace settle {

/// Writes every figure of `page`, an HTML file that we have written, to `folder` (made if it is not there) as ID.png,
/// three pixels for each of the page's, or ID.svg (`format` is "png" or "svg"). Returns the files. RunError, one line
/// that says what to install, where there is no Chromium; or when it fails, or a file cannot be written.
std::vector<std::filesystem::path> write_figures(const std::filesystem::path& page, const std::string& format,
                                                 const std::filesystem::path& folder);

}  // namespace settle
