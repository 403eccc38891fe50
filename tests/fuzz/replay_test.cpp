// Every input of the corpora is refused by one clear line, or accepted: what fuzzing has found stays mended.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/fuzz/targets.h"

namespace settle {

std::ostream& operator<<(std::ostream& out, const FuzzTarget& target) { return out << target.name; }

namespace {

namespace fs = std::filesystem;

class Corpus : public testing::TestWithParam<FuzzTarget> {};

TEST_P(Corpus, IsRefusedOrAccepted) {
  int inputs = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(SETTLE_FUZZ_FOLDER) / "corpus" / GetParam().name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_NO_THROW(GetParam().take(bytes)) << entry.path();
    ++inputs;
  }
  EXPECT_GT(inputs, 0);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(fuzz_targets()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace settle
