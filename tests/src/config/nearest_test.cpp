#include "src/config/nearest.h"

#include <gtest/gtest.h>

namespace settle::nearest_test {
namespace {

TEST(Nearest, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("sitting", "kitten"), 3u);
  EXPECT_EQ(edit_distance("beta", "bata"), 1u);
}

TEST(Nearest, FindsMistypedAndUnqualifiedNames) {
  const std::vector<std::string> names = {"network.alpha", "network.beta", "neuron.noise"};
  EXPECT_EQ(nearest("network.bata", names), "network.beta");
  EXPECT_EQ(nearest("noise", names), "neuron.noise");
  EXPECT_EQ(nearest("neuron.alpha", names), "network.alpha");
  EXPECT_EQ(nearest("anything", {}), "");
}

TEST(Nearest, GuessesOnlyWhatIsClose) {
  const std::vector<std::string> words = {"train", "trace", "fit", "network.beta"};
  EXPECT_EQ(did_you_mean("trian", words), "; did you mean `train`?");
  EXPECT_EQ(did_you_mean("beta", words), "; did you mean `network.beta`?");
  EXPECT_EQ(did_you_mean("network", words), "; did you mean `network.beta`?");
  EXPECT_EQ(did_you_mean("fot", words, "[", "]"), "; did you mean [fit]?");
  EXPECT_EQ(did_you_mean("foo", words), "");
  EXPECT_EQ(did_you_mean("qwertyuiop", words), "");
  EXPECT_EQ(did_you_mean("anything", {}), "");
}

// A name of a megabyte is near to nothing, and that is found at once.
TEST(Nearest, OfAnEndlessWord) {
  const std::vector<std::string> names(300, std::string(40, 'y'));
  EXPECT_EQ(nearest(std::string(1 << 20, 'x'), names), names.front());
}

}  // namespace
}  // namespace settle::nearest_test
