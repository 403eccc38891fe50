#include "src/config/write.h"

#include <limits>

#include <gtest/gtest.h>

#include "src/config/parse.h"
#include "src/config/value.h"

namespace settle::write_test {
namespace {

Configuration parse(const std::string& text) { return parse_configuration(text, "test.toml", {}); }

TEST(Write, AnnotatedDefaultsReadBackAsTheDefaults) {
  const Configuration read = parse(annotated_defaults());
  EXPECT_EQ(resolved_configuration(read), resolved_configuration(Configuration{}));
}

TEST(Write, AnnotatedDefaultsExplainEveryKey) {
  const std::string text = annotated_defaults();
  Configuration c;
  for (const Key& key : keys(c)) {
    const std::string expected = "# " + key.meaning + "\n# " + allowed(key.value) + "\n" + name_in_section(key) + " = ";
    EXPECT_NE(text.find(expected), std::string::npos) << key.name;
  }
  EXPECT_NE(text.find("# one of held, recomputed\nerror = \"held\"\n"), std::string::npos) << text;
}

TEST(Write, StatesEveryKeyOnceInItsSection) {
  const std::string text = resolved_configuration(Configuration{});
  EXPECT_NE(text.find("\n[run]\nseed = 1\nepochs = "), std::string::npos) << text;
  EXPECT_NE(text.find("\n[network]\ntopology = \"layered\"\nhidden = [512, 512]\n"), std::string::npos) << text;
}

TEST(Write, NumbersReadBackToTheSameBits) {
  Configuration c;
  for (const double x :
       {0.1, 1.0 / 3, 1e-3, 1.0, 5e-9, 0.30000000000000004, 1e-300, std::numeric_limits<double>::min()}) {
    c.neuron.noise = x;
    EXPECT_EQ(parse(resolved_configuration(c)).neuron.noise, x);
  }
  EXPECT_EQ(to_toml(NumberValue{&c.neuron.noise, 0, 1}).find("e-308"), 18u);
}

TEST(Write, WholeNumbersStayNumbers) {
  double x = 2;
  EXPECT_EQ(to_toml(NumberValue{&x, 0, 5}), "2.0");
  x = -0.0;
  EXPECT_EQ(to_toml(NumberValue{&x, 0, 5}), "-0.0");
  x = 1e16;
  EXPECT_EQ(to_toml(NumberValue{&x, 0, 5}), "1e+16");
}

TEST(Write, QuotesWhatTomlDemands) {
  EXPECT_EQ(quoted("a\"b\\c\n\x7f\xc3\xa9"), "\"a\\\"b\\\\c\\u000A\\u007F\xc3\xa9\"");
}

}  // namespace
}  // namespace settle::write_test
