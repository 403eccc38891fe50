#include "src/config/nearest.h"

#include <gtest/gtest.h>

namespace settle {
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

// A name of a megabyte is near to nothing, and that is found at once.
TEST(Nearest, OfAnEndlessWord) {
  const std::vector<std::string> names(300, std::string(40, 'y'));
  EXPECT_EQ(nearest(std::string(1 << 20, 'x'), names), names.front());
}

}  // namespace
}  // namespace settle
