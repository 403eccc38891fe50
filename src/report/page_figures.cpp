#include "src/report/page_figures.h"

#include <cctype>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

constexpr const char* browsers[] = {"chromium", "chromium-browser", "google-chrome"};

class ScratchFolder {
 public:
  ScratchFolder() : path_((fs::temp_directory_path() / "settle-figures-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw RunError(path_ + ": cannot be made, for what Chromium keeps");
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string browser() {
  for (const char* name : browsers)
    if (run_program({name, "--version"}, /*quiet=*/true)) return name;
  throw RunError(
      "--png and --svg let Chromium draw, which is not there: apt install chromium; or open the page and "
      "press a figure's own SVG or PNG");
}

std::string url_of(const fs::path& page) {
  std::string url = "file://";
  for (const unsigned char c : fs::canonical(page).string())
    url += std::isalnum(c) || c == '/' || c == '.' || c == '-' || c == '_' ? std::string(1, char(c))
                                                                           : fmt::format("%{:02X}", c);
  return url;
}

// The page as it is once its scripts have run.
std::string drawn(const fs::path& page, const std::string& format) {
  const ScratchFolder scratch;
  const std::string name = browser(), out = scratch.path() + "/page.html";
  std::vector<std::string> command = {name,
                                      "--headless",
                                      "--disable-gpu",
                                      "--user-data-dir=" + scratch.path() + "/profile",
                                      "--virtual-time-budget=60000",
                                      "--dump-dom"};
  if (geteuid() == 0) command.emplace_back("--no-sandbox");  // Chromium's refuses to work for root
  command.push_back(url_of(page) + "#figures=" + format);
  if (!run_program(command, /*quiet=*/true, "", out))
    throw RunError(fmt::format("{}: {} has failed to open it", page.string(), name));
  return read_file(out);
}

// What leave_figures() of figure_script.cpp has left in the page.
nlohmann::json figures_in(const std::string& html, const fs::path& page) {
  const std::string start = "<script type=\"application/json\" id=\"figures\">";
  const std::size_t from = html.rfind(start);
  const std::size_t to = from == html.npos ? from : html.find("</script>", from);
  if (to == html.npos) throw RunError(page.string() + ": Chromium has drawn no figures of it");
  return nlohmann::json::parse(html.substr(from + start.size(), to - from - start.size()));
}

// The bytes of "data:image/png;base64,...".
std::string bytes_of_url(const std::string& url) {
  const std::string text = url.substr(url.find(',') + 1);
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()), int(text.size()));
  if (length < 0) throw RunError("Chromium has left a figure that is no PNG");
  const std::size_t padding = text.size() - text.find_last_not_of('=') - 1;
  bytes.resize(std::size_t(length) - padding);
  return bytes;
}

}  // namespace

std::vector<fs::path> write_figures(const fs::path& page, const std::string& format, const fs::path& folder) {
  const nlohmann::json figures = figures_in(drawn(page, format), page);
  make_folder(folder);
  std::vector<fs::path> files;
  for (const auto& [id, made] : figures.items()) {
    files.push_back(folder / (id + "." + format));
    write_file(files.back(), format == "png" ? bytes_of_url(made.get<std::string>()) : made.get<std::string>());
  }
  return files;
}

}  // namespace settle
