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

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Corpus : public testing::TestWithParam<FuzzTarget> {};

TEST_P(Corpus, IsRefusedOrAccepted) {
  int inputs = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(SETTLE_FUZZ_FOLDER) / "corpus" / GetParam().name)) {
    EXPECT_NO_THROW(GetParam().take(bytes_of(entry.path()))) << entry.path();
    ++inputs;
  }
  EXPECT_GT(inputs, 0);
}

// Damaged ones are refused for their damage, not for being of another version.
TEST(CheckpointCorpus, HasOneThatIsWhole) {
  const fs::path folder = fs::path(SETTLE_FUZZ_FOLDER) / "corpus" / "checkpoint";
  EXPECT_TRUE(loads_checkpoint(bytes_of(folder / "whole.h5"))) << "write it anew: tests/fuzz/checkpoints";
  EXPECT_FALSE(loads_checkpoint(bytes_of(folder / "flipped.h5")));
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(fuzz_targets()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace settle
